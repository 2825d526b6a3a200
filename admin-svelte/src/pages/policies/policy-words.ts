import type { AuthorizationWay } from '../../../../shared/schema/authorization.ts'
import type { PolicyKind } from '../../../../shared/schema/policy.ts'
import type { Json } from '../../editing/pointer.ts'
import type { WordKey } from '../../i18n/language.svelte.ts'

/** How the kinds of policies are called on the page. */
export const POLICY_WORDS: Record<PolicyKind, WordKey> = {
  authorization: 'policies.authorization',
  rateLimiter: 'policies.rateLimiter',
  cors: 'policies.cors',
  compression: 'policies.compression',
  responseGuard: 'policies.responseGuard'
}

/** What a new policy of each kind begins with. */
export const POLICY_STARTERS: Record<PolicyKind, Json> = {
  authorization: { jwt: {} },
  rateLimiter: { limit: 100, windowSeconds: 60 },
  cors: { origins: [] },
  compression: {},
  responseGuard: {}
}

export const WAY_WORDS: Record<AuthorizationWay, WordKey> = {
  anonymous: 'policies.anonymous',
  jwt: 'policies.jwt',
  apiKey: 'policies.apiKey',
  basic: 'policies.basic',
  forward: 'policies.forward'
}

export const WAY_STARTERS: Record<AuthorizationWay, Json> = {
  anonymous: true,
  jwt: {},
  apiKey: { header: 'X-Api-Key', keys: [{ name: '' }] },
  basic: { users: [{ name: '' }] },
  forward: { url: '' }
}

/** Where a client puts its API key. */
export const KEY_PLACE_WORDS: Record<'header' | 'query', WordKey> = { header: 'policies.inHeader', query: 'policies.inQuery' }
export const KEY_PLACE_STARTERS: Record<'header' | 'query', Json> = { header: 'X-Api-Key', query: 'api_key' }
