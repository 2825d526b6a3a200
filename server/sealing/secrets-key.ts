import { createHash } from 'node:crypto'

/** SECRETS_KEY: what every secret in the database is sealed with. */
export interface SecretsKey {
  readonly bytes: Buffer
  /** First 8 bytes of the key's SHA-256, in hex: tells with which key something was sealed. */
  readonly id: string
}

const BYTES = 32

/** 32 bytes in base64 or hex, or null when the text is something else. */
export function parseSecretsKey(text: string): SecretsKey | null {
  const isHex = /^[0-9a-f]{64}$/i.test(text)
  const isBase64 = /^[A-Za-z0-9+/_-]{43}=?$/.test(text)
  if (!isHex && !isBase64) return null
  const bytes = Buffer.from(text, isHex ? 'hex' : 'base64')
  if (bytes.length !== BYTES) return null
  return { bytes, id: createHash('sha256').update(bytes).digest('hex').slice(0, 16) }
}
