import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { type CertificateFacts, MAX_CHAIN } from '../../shared/schema/certificate.ts'
import { type Decoded, errorIssue, type Issue } from '../../shared/schema/issue.ts'
import { readChain } from './read-chain.ts'
import { servingIssues } from './serving-issues.ts'

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const ANY_USAGE = '2.5.29.37.0'

export interface ReadUpload {
  /** The chain, written anew from what was understood. */
  certificatePem: string
  /** PKCS #8. */
  privateKeyPem: string
  facts: CertificateFacts
}

/** Checks what a person uploads; every issue names its field. */
export function readUpload(given: { certificatePem: string; privateKeyPem: string }, now: Date): Decoded<ReadUpload> {
  const chain = readChain(given.certificatePem)
  const key = readPrivateKey(given.privateKeyPem)
  const issues: Issue[] = []
  if (!(Array.isArray(chain))) issues.push(errorIssue('/certificatePem', 'bad_certificate', chain.problem))
  if ('problem' in key) issues.push(errorIssue('/privateKeyPem', 'bad_private_key', key.problem))
  if (!Array.isArray(chain) || 'problem' in key) return { ok: false, issues }
  issues.push(...chainIssues(chain, now))
  if (!chain[0]!.checkPrivateKey(key)) issues.push(errorIssue('/privateKeyPem', 'key_mismatch', 'the private key does not belong to the (first) certificate'))
  if (issues.length > 0) return { ok: false, issues }
  const pair = { certificatePem: chain.map((certificate) => certificate.toString()).join(''), privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }) as string }
  const facts = factsOf(chain[0]!)
  const refused = servingIssues(pair, facts.keyType)
  return refused.length > 0 ? { ok: false, issues: refused } : { ok: true, value: { ...pair, facts }, issues: [] }
}

function chainIssues(chain: X509Certificate[], now: Date): Issue[] {
  const issues: Issue[] = []
  if (chain.length > MAX_CHAIN) issues.push(errorIssue('/certificatePem', 'bad_certificate', `the chain has ${chain.length} certificates; at most ${MAX_CHAIN} are taken`))
  for (const [index, certificate] of chain.entries()) {
    const which = index === 0 ? 'the certificate' : `certificate ${index + 1} of the chain (${nameOf(certificate)})`
    if (certificate.validToDate <= now) issues.push(errorIssue('/certificatePem', 'certificate_expired', `${which} expired on ${certificate.validToDate.toISOString()}`))
    const signer = chain[index + 1]
    if (signer === undefined || isSignedBy(certificate, signer)) continue
    issues.push(errorIssue('/certificatePem', 'chain_order', `${which} is not signed by the next one (${nameOf(signer)}): put the certificate first, then the one that signed it, and so on`))
  }
  return issues
}

function isSignedBy(certificate: X509Certificate, signer: X509Certificate): boolean {
  return certificate.checkIssued(signer) && certificate.verify(signer.publicKey)
}

function readPrivateKey(pem: string): KeyObject | { problem: string } {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem)) return { problem: 'the key is encrypted: decrypt it first, such as by openssl pkey -in key.pem -out plain.pem' }
  try {
    return createPrivateKey({ key: pem, format: 'pem' })
  } catch {
    return { problem: 'this is no private key in PEM form (-----BEGIN PRIVATE KEY-----)' }
  }
}

function factsOf(leaf: X509Certificate): CertificateFacts {
  return {
    domains: namesOf(leaf),
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    notBefore: leaf.validFromDate.toISOString(),
    notAfter: leaf.validToDate.toISOString(),
    fingerprint256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    keyType: keyType(leaf.publicKey),
    ...(isForServers(leaf) ? {} : { forClientsOnly: true as const })
  }
}

/** DNS names and addresses of the subjectAltName; the common name counts for nothing (RFC 9525). */
function namesOf({ subjectAltName }: X509Certificate): string[] {
  return [...(subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([^,\s"]+)/g)].map(([, name]) => name!.toLowerCase())
}

/** Without the extension it is for everything (RFC 5280 section 4.2.1.12). */
function isForServers({ keyUsage }: X509Certificate): boolean {
  const usages = keyUsage as string[] | undefined
  return usages === undefined || usages.includes(SERVER_AUTH) || usages.includes(ANY_USAGE)
}

function keyType({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const detail = asymmetricKeyDetails?.namedCurve ?? asymmetricKeyDetails?.modulusLength
  return `${(asymmetricKeyType ?? 'unknown').toUpperCase()}${detail === undefined ? '' : ` ${detail}`}`
}

function nameOf(certificate: X509Certificate): string {
  return oneLine(certificate.subject)
}

function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ').slice(0, 1000)
}
