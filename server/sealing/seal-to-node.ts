import { createCipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto'
import { SEALED, type TicketKey, X25519_DER_HEAD } from '../../shared/schema/sealed.ts'

/**
 * Seals a secret to one node; see shared/schema/sealed.ts. `nodeKey` is the raw X25519 public key.
 * @returns base64
 * @throws Error when the node's key is no point that can be used
 */
export function sealToNode(id: string, plain: { certificatePem: string; privateKeyPem: string } | { fleetKey: string } | { ticketKeys: TicketKey[] } | { value: string }, nodeKey: Buffer): string {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  const oneTime = publicKey.export({ type: 'spki', format: 'der' }).subarray(-SEALED.publicKeyBytes)
  const peer = createPublicKey({ key: Buffer.concat([Buffer.from(X25519_DER_HEAD, 'hex'), nodeKey]), format: 'der', type: 'spki' })
  const secret = hkdfSync('sha256', diffieHellman({ privateKey, publicKey: peer }), Buffer.concat([oneTime, nodeKey]), SEALED.info, 32)
  const iv = randomBytes(SEALED.ivBytes)
  const cipher = createCipheriv(SEALED.cipher, Buffer.from(secret), iv, { authTagLength: SEALED.tagBytes })
  cipher.setAAD(Buffer.from(id))
  const sealed = Buffer.concat([cipher.update(JSON.stringify(plain), 'utf8'), cipher.final()])
  return Buffer.concat([oneTime, iv, cipher.getAuthTag(), sealed]).toString('base64')
}
