import { scrypt } from './scrypt.ts'
import { sha256 } from './sha-256.ts'

/** As the examples of the configuration have it; some tenths of a second. */
const COST = { log2N: 15, r: 8 }
const SALT_BYTES = 16
const HASH_BYTES = 32
/** 192 bits, and no padding in base64. */
const FRESH_BYTES = 24

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes)).replaceAll('=', '')

/** What the gateway stores of an API key: its SHA-256. */
export function hashKey(key: string): Promise<string> {
  return Promise.resolve(Array.from(sha256(bytesOf(key)), (byte) => byte.toString(16).padStart(2, '0')).join(''))
}

/** What the gateway stores of a password: its scrypt hash in PHC form. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const hash = await scrypt(bytesOf(password), salt, COST, HASH_BYTES)
  return `$scrypt$ln=${COST.log2N},r=${COST.r},p=1$${base64(salt)}$${base64(hash)}`
}

/** A key or password that nobody guesses, of letters, digits, - and _. */
export function freshCredential(): string {
  return base64(crypto.getRandomValues(new Uint8Array(FRESH_BYTES))).replaceAll('+', '-').replaceAll('/', '_')
}
