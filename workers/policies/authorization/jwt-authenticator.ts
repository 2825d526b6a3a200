import type { JwtAuthorization } from '../../../shared/schema/authorization.ts'
import type { TokenIdentity } from '../../../shared/identity/token-identity.ts'
import { FAILURES } from '../../proxy/failure.ts'
import { GRANTED, type Outcome, refused } from '../outcome.ts'
import type { Authenticator, AuthorizedRequest } from './authenticator.ts'
import { missingClaim, missingScope } from './token-claims.ts'

/** A verified token of a provider, with claims and scopes (RFC 6750). What a token may do is found out once. */
export class JwtAuthenticator implements Authenticator {
  readonly #terms: JwtAuthorization
  readonly #challenge: string
  readonly #outcomes = new WeakMap<TokenIdentity, Outcome>()

  constructor(terms: JwtAuthorization, realm: string) {
    this.#terms = terms
    const scope = terms.requiredScopes.length === 0 ? '' : `, scope="${terms.requiredScopes.join(' ')}"`
    this.#challenge = `Bearer realm="${realm}"${scope}`
  }

  check({ token }: AuthorizedRequest): Outcome {
    const known = this.#outcomes.get(token)
    if (known !== undefined) return known
    const outcome = this.#outcomeOf(token)
    this.#outcomes.set(token, outcome)
    return outcome
  }

  /** The token is the origin's affair too. */
  strip(): void {}

  #outcomeOf(token: TokenIdentity): Outcome {
    if (token.state === 'none') return this.#unauthorized('no_token', '')
    if (token.reason === 'keys_unavailable') return refused(FAILURES.authorizationUnavailable, 'keys_unavailable')
    if (token.state === 'invalid') return this.#unauthorized(token.reason, `, error="invalid_token", error_description="${token.reason}"`)
    const { provider, requiredClaims, requiredScopes } = this.#terms
    if (provider !== undefined && provider.toLowerCase() !== token.provider.toLowerCase()) return this.#unauthorized('other_provider', ', error="invalid_token"')
    if (requiredClaims.length === 0 && requiredScopes.length === 0) return GRANTED
    const claims = JSON.parse(token.claims) as Record<string, unknown>
    if (missingClaim(claims, requiredClaims)) return refused(FAILURES.forbidden, 'claim_missing')
    if (missingScope(claims, requiredScopes)) return refused(FAILURES.forbidden, 'scope_missing', `WWW-Authenticate: ${this.#challenge}, error="insufficient_scope"\r\n`)
    return GRANTED
  }

  #unauthorized(reason: string, error: string): Outcome {
    return refused(FAILURES.unauthorized, reason, `WWW-Authenticate: ${this.#challenge}${error}\r\n`)
  }
}
