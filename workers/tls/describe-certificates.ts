import { X509Certificate } from 'node:crypto'
import type { ServedCertificate } from '../../shared/schema/served-certificate.ts'
import type { Credential } from '../credential.ts'
import type { TlsServer } from './tls-server.ts'

const MOST_NAMES = 1_000

/** As much of a listener as it takes. */
interface SecureListener {
  readonly config: { readonly name: string; readonly address: string; readonly port: number }
  readonly tls: TlsServer | null
}

/** What one thread answers: without how many threads say the same. */
export type ThreadCertificate = Omit<ServedCertificate, 'threads'>

/** The certificate that each https listener of a thread shows a client which asks for `name`; '' for one that asks for none. */
export function describeCertificates(listeners: Iterable<SecureListener>, name: string, port: number | undefined): ThreadCertificate[] {
  const described: ThreadCertificate[] = []
  for (const { config, tls } of listeners) {
    if (tls === null || (port !== undefined && config.port !== port)) continue
    const { by, credential } = tls.choiceFor(name)
    described.push({ listener: config.name, address: config.address, port: config.port, by, certificate: credential === null ? null : describe(credential) })
  }
  return described
}

function describe({ id, certificatePem, names }: Credential): NonNullable<ServedCertificate['certificate']> {
  const { fingerprint256, issuer, validFromDate, validToDate } = new X509Certificate(certificatePem)
  return {
    id,
    fingerprint256: fingerprint256.replaceAll(':', '').toLowerCase(),
    names: names.slice(0, MOST_NAMES).map((one) => one.slice(0, 255)),
    issuer: issuer.slice(0, 2_000),
    notBefore: validFromDate.toISOString(),
    notAfter: validToDate.toISOString()
  }
}
