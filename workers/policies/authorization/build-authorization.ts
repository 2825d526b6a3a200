import type { IpRanges } from '../../../shared/forwarding/ip-ranges.ts'
import type { Authorization } from '../../../shared/schema/authorization.ts'
import { compileAddressCheck } from './address-check.ts'
import { ApiKeyAuthenticator } from './api-key-authenticator.ts'
import type { Authenticator, Secrets } from './authenticator.ts'
import { BasicAuthenticator } from './basic-authenticator.ts'
import { ForwardAuthenticator } from './forward-authenticator.ts'
import { JwtAuthenticator } from './jwt-authenticator.ts'

/** Who may come in. */
export interface RuntimeAuthorization {
  /** Null: from everywhere. */
  readonly addresses: IpRanges | null
  /** Null: everybody. */
  readonly authenticator: Authenticator | null
  /** Time between two looks at who has a WebSocket open; 0: none. */
  readonly reauthorizeMs: number
  /** The query parameter that holds a key, which no log may show; '' where there is none. */
  readonly keyParameter: string
}

export function buildAuthorization(terms: Authorization, secrets: Secrets): RuntimeAuthorization {
  return {
    addresses: compileAddressCheck(terms.ipAllow, terms.ipDeny),
    authenticator: authenticatorOf(terms, secrets),
    reauthorizeMs: terms.reauthorize ? terms.reauthorizeSeconds * 1000 : 0,
    keyParameter: terms.apiKey?.query ?? ''
  }
}

function authenticatorOf({ anonymous, jwt, apiKey, basic, forward, realm }: Authorization, secrets: Secrets): Authenticator | null {
  if (jwt !== undefined) return new JwtAuthenticator(jwt, realm)
  if (apiKey !== undefined) return new ApiKeyAuthenticator(apiKey, realm, secrets)
  if (basic !== undefined) return new BasicAuthenticator(basic, realm, secrets)
  if (forward !== undefined) return new ForwardAuthenticator(forward)
  if (anonymous !== true) throw new Error('an authorization policy says nothing about who may come in')
  return null
}
