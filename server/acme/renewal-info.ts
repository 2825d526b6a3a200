import 'reflect-metadata'
import { AuthorityKeyIdentifierExtension, X509Certificate } from '@peculiar/x509'
import { axios } from 'acme-client'
import { retryAfterSeconds } from './retry-after.ts'

const TIMEOUT_MS = 10_000
const MOST_BYTES = 65_536
const ASK_AGAIN_S = 6 * 3_600
const LEAST_S = 60

/** When an authority would like a certificate to be renewed. */
export interface RenewalInfo {
  from: Date
  to: Date
  /** When to ask for it again. */
  askAgainAt: Date
}

/**
 * What the authority suggests for the first certificate of the chain (ACME Renewal Information, RFC 9773); null when it offers no
 * such thing. Rejects when it cannot be asked.
 */
export async function renewalInfo(directoryUrl: string, chainPem: string, now: Date): Promise<RenewalInfo | null> {
  const options = { timeout: TIMEOUT_MS, maxContentLength: MOST_BYTES, validateStatus: (status: number) => status === 200 }
  const { renewalInfo: base } = (await axios.get(directoryUrl, options)).data as { renewalInfo?: unknown }
  const id = certificateId(chainPem)
  if (typeof base !== 'string' || id === null) return null
  const { data, headers } = await axios.get(`${base}/${id}`, options)
  const { suggestedWindow } = data as { suggestedWindow?: { start?: string; end?: string } }
  const [from, to] = [suggestedWindow?.start, suggestedWindow?.end].map((time) => Date.parse(time ?? ''))
  if (from === undefined || to === undefined || !(from < to)) throw new Error('the authority suggests a window that is none')
  const seconds = Math.max(LEAST_S, retryAfterSeconds(headers['retry-after'], now.getTime()) || ASK_AGAIN_S)
  return { from: new Date(from), to: new Date(to), askAgainAt: new Date(now.getTime() + seconds * 1000) }
}

/** Any time in the window (RFC 9773 section 4.2); the one that was chosen before stays while it is in there. */
export function renewalTime({ from, to }: RenewalInfo, before: Date | null): Date {
  if (before !== null && before >= from && before <= to) return before
  return new Date(from.getTime() + Math.random() * (to.getTime() - from.getTime()))
}

/** Key identifier of the issuer and serial number (RFC 9773 section 4.1); null when the certificate does not name the former. */
export function certificateId(chainPem: string): string | null {
  const end = '-----END CERTIFICATE-----'
  const leaf = new X509Certificate(chainPem.slice(0, chainPem.indexOf(end) + end.length))
  const { keyId } = leaf.getExtension(AuthorityKeyIdentifierExtension) ?? {}
  if (keyId === undefined) return null
  // The content octets of the DER integer: a zero goes before a first bit that is set.
  const serial = leaf.serialNumber.length % 2 === 0 ? leaf.serialNumber : `0${leaf.serialNumber}`
  const octets = Buffer.from(serial, 'hex')
  const der = octets[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets
  return `${Buffer.from(keyId, 'hex').toString('base64url')}.${der.toString('base64url')}`
}
