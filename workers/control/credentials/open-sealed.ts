import { createDecipheriv, createPublicKey, diffieHellman, hkdfSync, X509Certificate } from 'node:crypto'
import { FLEET_KEY_ID, SEALED, SECRET_ID_PREFIX, type SealedCertificate, type SealedSecret, TICKET_KEYS_ID, type TicketKey, X25519_DER_HEAD } from '../../../shared/schema/sealed.ts'
import type { Credential } from '../../credential.ts'
import type { NodeKey } from './node-key.ts'

const { publicKeyBytes: PUBLIC_BYTES, ivBytes: IV_BYTES, tagBytes: TAG_BYTES } = SEALED
const DER_HEAD = Buffer.from(X25519_DER_HEAD, 'hex')

/**
 * Opens what was sealed to this node; see shared/schema/sealed.ts.
 * @throws Error when it was sealed to another key or is damaged.
 */
export function openCertificate({ id, fingerprint256, sealed, byAcme }: SealedCertificate, key: NodeKey): Credential {
  const { certificatePem, privateKeyPem } = open(id, sealed, key)
  if (typeof certificatePem !== 'string' || typeof privateKeyPem !== 'string') throw new Error('it holds no certificate and key')
  return { id, fingerprint256, certificatePem, privateKeyPem, names: namesOf(certificatePem), byAcme: byAcme === true }
}

function namesOf(certificatePem: string): string[] {
  const { subjectAltName = '' } = new X509Certificate(certificatePem)
  return [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name]) => name!)
}

/** @returns base64. @throws Error likewise. */
export function openFleetKey(sealed: string, key: NodeKey): string {
  const { fleetKey } = open(FLEET_KEY_ID, sealed, key)
  if (typeof fleetKey !== 'string') throw new Error('it holds no key')
  return fleetKey
}

/** @throws Error likewise. */
export function openTicketKeys(sealed: string, key: NodeKey): TicketKey[] {
  const { ticketKeys } = open(TICKET_KEYS_ID, sealed, key)
  if (!Array.isArray(ticketKeys)) throw new Error('it holds no keys')
  return ticketKeys as TicketKey[]
}

/** @throws Error likewise. */
export function openSecret({ name, sealed }: SealedSecret, key: NodeKey): { name: string; value: string } {
  const { value } = open(`${SECRET_ID_PREFIX}${name}`, sealed, key)
  if (typeof value !== 'string') throw new Error('it holds no value')
  return { name, value }
}

function open(id: string, sealed: string, key: NodeKey): Record<string, unknown> {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length <= PUBLIC_BYTES + IV_BYTES + TAG_BYTES) throw new Error('it is too short')
  const oneTime = bytes.subarray(0, PUBLIC_BYTES)
  const iv = bytes.subarray(PUBLIC_BYTES, PUBLIC_BYTES + IV_BYTES)
  const tag = bytes.subarray(PUBLIC_BYTES + IV_BYTES, PUBLIC_BYTES + IV_BYTES + TAG_BYTES)
  const shared = diffieHellman({ privateKey: key.privateKey, publicKey: createPublicKey({ key: Buffer.concat([DER_HEAD, oneTime]), format: 'der', type: 'spki' }) })
  const secret = Buffer.from(hkdfSync('sha256', shared, Buffer.concat([oneTime, key.publicRaw]), SEALED.info, 32))
  const decipher = createDecipheriv(SEALED.cipher, secret, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(id))
  decipher.setAuthTag(tag)
  const plain = Buffer.concat([decipher.update(bytes.subarray(PUBLIC_BYTES + IV_BYTES + TAG_BYTES)), decipher.final()])
  return JSON.parse(plain.toString('utf8')) as Record<string, unknown>
}
