import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type KeyObject } from 'jose'
import type { Provider } from '../../shared/schema/provider.ts'
import { invalidToken, type TokenIdentity } from '../../shared/identity/token-identity.ts'

/** A provider with the keys that its tokens are verified with. */
export interface Verifier {
  readonly provider: Provider
  readonly key: KeyObject | JWTVerifyGetKey
}

/** How long a token that was refused is not looked at again. */
const REFUSED_MS = 10_000
const TENANT_CODE = /^[\x21-\x7e]{1,128}$/
// oxlint-disable-next-line no-control-regex -- that is what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f]/

/**
 * Verifies signature, algorithm, issuer, audience and times of a JWT (RFC 7519 section 7.2, RFC 8725). Key material that the
 * token itself brings (jku, jwk, x5u) is never looked at.
 */
export async function verifyToken({ provider, key }: Verifier, token: string, now: number): Promise<TokenIdentity> {
  const { issuer, audiences, algorithms, clockSkewSeconds } = provider
  try {
    const getKey: JWTVerifyGetKey = typeof key === 'function' ? key : () => key
    const { payload } = await jwtVerify(token, getKey, { issuer, audience: audiences, algorithms, clockTolerance: clockSkewSeconds, requiredClaims: ['exp'], currentDate: new Date(now) })
    return identityOf(provider, payload, now)
  } catch (error) {
    const reason = reasonOf(error)
    return invalidToken(reason, reason === 'keys_unavailable' ? now : now + REFUSED_MS)
  }
}

function identityOf(provider: Provider, payload: JWTPayload, now: number): TokenIdentity {
  const user = claimText(payload[provider.userClaim])
  const tenant = claimText(payload[provider.tenantClaim])
  if (user === null || tenant === null || (tenant !== '' && !TENANT_CODE.test(tenant))) return invalidToken('bad_claim', now + REFUSED_MS)
  return { state: 'valid', user, tenant, provider: provider.name, claims: JSON.stringify(payload), reason: '', until: (payload.exp! + provider.clockSkewSeconds) * 1000 }
}

/** '' where the claim is absent; null when its value names nobody. */
function claimText(value: unknown): string | null {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string' || value === '' || CONTROL.test(value)) return null
  const bytes = Buffer.from(value, 'utf8')
  return bytes.length > 256 ? null : bytes.toString('latin1')
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'aud' ? 'wrong_audience' : error.claim === 'nbf' ? 'not_yet_valid' : 'bad_claim'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm_not_allowed'
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'unknown_key'
  if (error instanceof errors.JWKSInvalid) return 'keys_unavailable'
  return 'malformed'
}
