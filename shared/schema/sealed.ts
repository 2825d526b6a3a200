import Type from 'typebox'
import { sha256Hex, strictObject, uuid } from './field.ts'
import { SecretName } from './secret.ts'

/**
 * How a secret travels to one data node: X25519 with a one-time key, HKDF-SHA256 (salt: the one-time public key and
 * then the node's), AES-256-GCM with the certificate's id, FLEET_KEY_ID, TICKET_KEYS_ID, or the secret's name behind SECRET_ID_PREFIX, as additional data. `sealed` is base64 of the one-time public
 * key, IV, tag and ciphertext, in this order;  the plaintext is JSON: { certificatePem, privateKeyPem } of a certificate,
 * { fleetKey } in base64, { ticketKeys } by day, { value } of a secret.
 */
export const SEALED = {
  /** Purpose of the derived key; part of what both sides agree on. */
  info: 'gateway credential v1',
  cipher: 'aes-256-gcm',
  publicKeyBytes: 32,
  ivBytes: 12,
  tagBytes: 16
} as const

/** Stands for the key that all nodes share. */
export const FLEET_KEY_ID = 'fleet-key'

/** Stands for the keys of TLS session tickets. They are given out day by day, so that a node that is revoked knows none of later days. */
export const TICKET_KEYS_ID = 'ticket-keys'

/** The day whose key session tickets are sealed with: new at the same moment on all nodes. `now` in milliseconds. */
export function ticketDay(now: number): number {
  return Math.floor(now / 86_400_000)
}

/** A day (ticketDay()) and its key, in base64. */
export interface TicketKey {
  day: number
  key: string
}

/** What stands before the 32 raw bytes in an X25519 public key's DER (RFC 8410), in hex. */
export const X25519_DER_HEAD = '302a300506032b656e032100'

export const SealedCertificate = strictObject({
  id: uuid(),
  fingerprint256: sha256Hex({ description: 'SHA-256 of the certificate.' }),
  byAcme: Type.Optional(Type.Literal(true, { description: 'It came by ACME: TLS policies with ACME use it without naming it.' })),
  sealed: Type.String({ maxLength: 524_288, description: 'base64; only the node it is for can open it.' })
})
export type SealedCertificate = Type.Static<typeof SealedCertificate>

/** The additional data of a secret is its name behind this. */
export const SECRET_ID_PREFIX = 'secret:'

export const SealedSecret = strictObject({ name: SecretName, sealed: Type.String({ maxLength: 32_768, description: 'base64; only the node it is for can open it.' }) })
export type SealedSecret = Type.Static<typeof SealedSecret>

/** What is answered to a certificate authority under /.well-known/acme-challenge/TOKEN (RFC 8555 section 8.3). */
export const AcmeChallenge = strictObject({ token: Type.String({ pattern: '^[A-Za-z0-9_-]{1,256}$' }), keyAuthorization: Type.String({ pattern: '^[A-Za-z0-9._-]{1,512}$' }) })
export type AcmeChallenge = Type.Static<typeof AcmeChallenge>

/** Answer of GET /api/v1/node/credentials?have=HASH (304 when the node has them). */
export const SealedCredentials = strictObject({ hash: sha256Hex({ description: 'Of what is answered; sent as `have` the next time.' }), certificates: Type.Array(SealedCertificate), challenges: Type.Optional(Type.Array(AcmeChallenge, { description: 'Absent from a control plane, or in a file, of an older version.' })), secrets: Type.Optional(Type.Array(SealedSecret, { description: 'Absent likewise.' })), fleetKey: Type.Optional(Type.String({ maxLength: 1024, description: 'The key that all nodes share, sealed likewise; absent while the control plane has no SECRETS_KEY.' })), ticketKeys: Type.Optional(Type.String({ maxLength: 4096, description: 'The keys of TLS session tickets of yesterday, today and tomorrow, sealed likewise; absent likewise.' })) })
export type SealedCredentials = Type.Static<typeof SealedCredentials>

/** Body of POST /api/v1/node/key. */
export const NodeKeyBody = strictObject({ publicKey: Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$', form: 'base64 of 32 bytes', description: "The node's X25519 public key, raw." }) })
