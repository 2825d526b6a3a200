import { createHash, randomBytes } from 'node:crypto'

/** A new secret token of 256 bits with a prefix that tells what it is for. */
export function createToken(prefix: 'gws' | 'gwt' | 'gwn'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

/** Tokens are stored only in this form. They have full entropy, so a plain hash is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex')
}
