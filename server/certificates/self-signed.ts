import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import { ExtendedKeyUsageExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const DAY_MS = 86_400_000

/** A certificate for DNS names and IP addresses that vouches for itself: for development, or until a real one is there. */
export async function makeSelfSigned(domains: readonly string[], days: number): Promise<{ certificatePem: string; privateKeyPem: string }> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const now = Date.now()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${domains[0] ?? 'localhost'}`,
    keys: keys as never,
    signingAlgorithm: ALGORITHM,
    serialNumber: randomBytes(16).toString('hex'),
    // A clock of a client may be behind.
    notBefore: new Date(now - 3_600_000),
    notAfter: new Date(now + days * DAY_MS),
    extensions: [new SubjectAlternativeNameExtension(domains.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }))), new ExtendedKeyUsageExtension([SERVER_AUTH])]
  })
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { certificatePem: certificate.toString('pem'), privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${key.replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n` }
}
