import type { WordKey } from '../../../i18n/language.svelte.ts'
import { hashKey, hashPassword } from './credential-hash.ts'

/** What somebody proves by it who they are: an API key, or the password of a user. */
export type CredentialKind = 'key' | 'password'

/** Asks a person for one, and is told its hash. The credential itself is kept nowhere. */
export interface CredentialQuestion {
  kind: CredentialKind
  /** Whose it is. */
  name: string
  take: (hash: string) => void
}
export type AskForCredential = (question: CredentialQuestion) => void

interface KindWords {
  one: WordKey
  add: WordKey
  setOf: WordKey
  replaceOf: WordKey
  typed: WordKey
  hash: WordKey
}

export const CREDENTIAL_WORDS: Record<CredentialKind, KindWords> = {
  key: { one: 'policies.key', add: 'policies.addKey', setOf: 'policies.setKeyOf', replaceOf: 'policies.replaceKeyOf', typed: 'policies.typedKey', hash: 'policies.keyHash' },
  password: { one: 'policies.password', add: 'policies.addUser', setOf: 'policies.setPasswordOf', replaceOf: 'policies.replacePasswordOf', typed: 'policies.typedPassword', hash: 'policies.passwordHash' }
}

export const HASHES: Record<CredentialKind, (credential: string) => Promise<string>> = { key: hashKey, password: hashPassword }

/** The hash in few letters, for two people who compare what they have: the way it was made, and how it begins. */
export function shortHash(hash: string): string {
  return hash.startsWith('$') ? (hash.split('$')[1] ?? '') : `SHA-256 ${hash.slice(0, 8)}…`
}
