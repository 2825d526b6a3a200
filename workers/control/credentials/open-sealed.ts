import { createDecipheriv, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto'
import type { Credential } from '../../credential.ts'
import type { NodeKey } from './node-key.ts'

/** Purpose of the derived key; part of what both sides agree on. */
const INFO = 'gateway credential v1'
const PUBLIC_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** What stands before the 32 raw bytes in an X25519 public key's DER (RFC 8410). */
const DER_HEAD = Buffer.from('302a300506032b656e032100', 'hex')

/** A certificate as the control plane sends it to this node. */
export interface SealedCertificate {
  id: string
  fingerprint256: string
  /** base64 of: one-time public key, IV, tag, ciphertext. */
  sealed: string
}

/**
 * Opens what was sealed to this node: X25519 with a one-time key, HKDF-SHA256, AES-256-GCM bound to the certificate's id.
 * @throws Error when it was sealed to another key or is damaged.
 */
export function openSealed(given: SealedCertificate, key: NodeKey): Credential {
  const bytes = Buffer.from(given.sealed, 'base64')
  if (bytes.length <= PUBLIC_BYTES + IV_BYTES + TAG_BYTES) throw new Error('it is too short')
  const oneTime = bytes.subarray(0, PUBLIC_BYTES)
  const iv = bytes.subarray(PUBLIC_BYTES, PUBLIC_BYTES + IV_BYTES)
  const tag = bytes.subarray(PUBLIC_BYTES + IV_BYTES, PUBLIC_BYTES + IV_BYTES + TAG_BYTES)
  const shared = diffieHellman({ privateKey: key.privateKey, publicKey: createPublicKey({ key: Buffer.concat([DER_HEAD, oneTime]), format: 'der', type: 'spki' }) })
  const secret = Buffer.from(hkdfSync('sha256', shared, Buffer.concat([oneTime, key.publicRaw]), INFO, 32))
  const decipher = createDecipheriv('aes-256-gcm', secret, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(given.id))
  decipher.setAuthTag(tag)
  const plain = Buffer.concat([decipher.update(bytes.subarray(PUBLIC_BYTES + IV_BYTES + TAG_BYTES)), decipher.final()])
  const { certificatePem, privateKeyPem } = JSON.parse(plain.toString('utf8')) as Record<string, unknown>
  if (typeof certificatePem !== 'string' || typeof privateKeyPem !== 'string') throw new Error('it holds no certificate and key')
  return { id: given.id, fingerprint256: given.fingerprint256, certificatePem, privateKeyPem }
}
