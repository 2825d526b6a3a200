import 'reflect-metadata'
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { BasicConstraintsExtension, ExtendedKeyUsageExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import type { Credential } from '../credential.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const YEAR_MS = 365 * 86_400_000

/** An authority for the certificates of a test. */
export interface TestAuthority {
  pem: string
  name: string
  keys: webcrypto.CryptoKeyPair
}

export async function makeAuthority(name = 'test authority'): Promise<TestAuthority> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const made = await X509CertificateGenerator.createSelfSigned({ name: `CN=${name}`, keys: keys as never, signingAlgorithm: ALGORITHM, serialNumber: randomBytes(8).toString('hex'), notAfter: new Date(Date.now() + YEAR_MS), extensions: [new BasicConstraintsExtension(true)] })
  return { pem: made.toString('pem'), name: `CN=${name}`, keys }
}

/** A certificate for these names, signed by the authority, with its key. */
export async function makeCredential(id: string, names: string[], authority: TestAuthority, subject = names[0] ?? 'client'): Promise<Credential> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const made = await X509CertificateGenerator.create({
    subject: `CN=${subject}`,
    issuer: authority.name,
    publicKey: keys.publicKey as never,
    signingKey: authority.keys.privateKey as never,
    signingAlgorithm: ALGORITHM,
    serialNumber: randomBytes(8).toString('hex'),
    notAfter: new Date(Date.now() + YEAR_MS),
    extensions: [new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']), ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))] : [])]
  })
  const certificatePem = made.toString('pem')
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    id,
    names,
    fingerprint256: new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase(),
    certificatePem,
    privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`
  }
}
