import { createCipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, randomBytes, X509Certificate } from 'node:crypto'
import fs from 'node:fs'
import { rawPublicKey } from '../control/credentials/node-key.ts'
import type { SealedCertificate } from '../../shared/schema/sealed.ts'

const FOLDER = new URL('certificates/', import.meta.url)

/** A file of the folder `certificates`. */
export function pem(name: string): string {
  return fs.readFileSync(new URL(name, FOLDER), 'utf8')
}

/** A certificate and its key: the name of two files, or their text. */
export type CertificatePair = string | { certificatePem: string; privateKeyPem: string }

/** What the control plane would send of a pair to the node with this key. */
export function sealCertificate(id: string, pair: CertificatePair, nodeKey: Buffer): SealedCertificate {
  const { certificatePem, privateKeyPem } = typeof pair === 'string' ? { certificatePem: pem(`${pair}.pem`), privateKeyPem: pem(`${pair}.key`) } : pair
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  const oneTime = rawPublicKey(publicKey)
  const peer = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: nodeKey.toString('base64url') }, format: 'jwk' })
  const secret = Buffer.from(hkdfSync('sha256', diffieHellman({ privateKey, publicKey: peer }), Buffer.concat([oneTime, nodeKey]), 'gateway credential v1', 32))
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', secret, iv)
  cipher.setAAD(Buffer.from(id))
  const sealed = Buffer.concat([cipher.update(JSON.stringify({ certificatePem, privateKeyPem })), cipher.final()])
  const fingerprint256 = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase()
  return { id, fingerprint256, sealed: Buffer.concat([oneTime, iv, cipher.getAuthTag(), sealed]).toString('base64') }
}
