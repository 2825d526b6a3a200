import { createPublicKey, createSecretKey } from 'node:crypto'
import { errors, type JWTVerifyGetKey, type KeyObject } from 'jose'
import { tokenPlace } from '../../shared/identity/token-place.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { Provider } from '../../shared/schema/provider.ts'
import { KeySet, type KeySetLog } from './key-set.ts'
import { TokenSource } from './token-source.ts'
import type { Verifier } from './verify-token.ts'

/** What a configuration says about identity, ready for requests. */
export interface Identity {
  readonly sources: readonly TokenSource[]
  readonly keySets: ReadonlyMap<string, KeySet>
}

export const NO_IDENTITY: Identity = { sources: [], keySets: new Map() }

/** Where secrets are found when a token is verified; a change of any counts the version up. */
export interface Secrets {
  readonly version: number
  secret(name: string): string | null
}

/** `before` lends its key sets, so that known keys need no fetch. A key that cannot be read is an issue. */
export function buildIdentity(providers: readonly Provider[], before: Identity, secrets: Secrets, log: KeySetLog, issues: Issue[]): Identity {
  const keySets = new Map<string, KeySet>()
  const places = new Map<string, Map<string, Verifier>>()
  for (const [index, provider] of providers.entries()) {
    if (!provider.enabled) continue
    const key = keyOf(provider, secrets, (url) => keySets.get(url) ?? before.keySets.get(url) ?? new KeySet(url, log))
    if (key === null) {
      issues.push(errorIssue(`/providers/${index}/key`, 'unusable_key', `the key of provider "${provider.name}" is no public key that can be read`))
      continue
    }
    if (key instanceof KeySet) keySets.set(key.url, key)
    const verifiers = places.get(provider.from) ?? new Map<string, Verifier>()
    places.set(provider.from, verifiers.set(provider.issuer, { provider, key: key instanceof KeySet ? key.find : key }))
  }
  for (const keySet of keySets.values()) keySet.refresh()
  // The header goes before cookies.
  const ordered = [...places].sort(([a], [b]) => (a < b ? -1 : 1))
  return { keySets, sources: ordered.map(([from, verifiers]) => new TokenSource(tokenPlace(from), verifiers, [...keySets.values(), secrets])) }
}

function keyOf({ jwksUrl, key, secretName }: Provider, secrets: Secrets, keySetOf: (url: string) => KeySet): KeySet | KeyObject | JWTVerifyGetKey | null {
  if (secretName !== undefined) return secretKey(secretName, secrets)
  if (jwksUrl !== undefined) return keySetOf(jwksUrl)
  const text = (key ?? '').trim()
  try {
    return createPublicKey(text.startsWith('{') ? { key: JSON.parse(text), format: 'jwk' } : text)
  } catch {
    return null
  }
}

/** The secret as it is when a token is verified: it may be replaced at any time. */
function secretKey(name: string, secrets: Secrets): JWTVerifyGetKey {
  return () => {
    const value = secrets.secret(name)
    if (value === null) throw new errors.JWKSInvalid('the secret is not there')
    return createSecretKey(value, 'latin1')
  }
}
