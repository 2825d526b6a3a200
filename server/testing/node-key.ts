import { createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto'
import { SEALED, type SealedCertificate, X25519_DER_HEAD } from '../../shared/schema/sealed.ts'

/** A key pair as a data node has it. */
export interface NodeKey {
  /** Raw, in base64. */
  publicKey: string
  /** Opens what was sealed to it. */
  open(sealed: SealedCertificate): { certificatePem: string; privateKeyPem: string }
}

export function createNodeKey(): NodeKey {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-SEALED.publicKeyBytes)
  return {
    publicKey: raw.toString('base64'),
    open({ id, sealed }) {
      const bytes = Buffer.from(sealed, 'base64')
      const take = (length: number): Buffer => {
        const part = bytes.subarray(taken, taken + length)
        taken += length
        return part
      }
      let taken = 0
      const oneTime = take(SEALED.publicKeyBytes)
      const peer = createPublicKey({ key: Buffer.concat([Buffer.from(X25519_DER_HEAD, 'hex'), oneTime]), format: 'der', type: 'spki' })
      const secret = hkdfSync('sha256', diffieHellman({ privateKey, publicKey: peer }), Buffer.concat([oneTime, raw]), SEALED.info, 32)
      const decipher = createDecipheriv(SEALED.cipher, Buffer.from(secret), take(SEALED.ivBytes), { authTagLength: SEALED.tagBytes })
      decipher.setAAD(Buffer.from(id))
      decipher.setAuthTag(take(SEALED.tagBytes))
      return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(taken)), decipher.final()]).toString('utf8')) as ReturnType<NodeKey['open']>
    }
  }
}
