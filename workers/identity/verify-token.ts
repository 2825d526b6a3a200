import { type CryptoKey, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, type KeyObject } from 'jose'
import type { Provider } from '../../shared/schema/provider.ts'
import { invalidToken, type TokenIdentity } from '../../shared/identity/token-identity.ts'

/** A provider with the keys that its tokens are verified with. */
export interface Verifier {
  readonly provider: Provider
  readonly key: KeyObject | JWTVerifyGetKey
}

/** How long a token that was refused is not looked at again. */
const REFUSED_MS = 10_000
/** Reasons that are over as soon as the keys are there. */
const WITHOUT_KEY: ReadonlySet<string> = new Set(['keys_unavailable', 'unknown_key'])
/** Keys that one token is tried with. */
const MOST_KEYS = 10
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
    const payload = await payloadOf(token, getKey, { issuer, audience: audiences, algorithms, clockTolerance: clockSkewSeconds, requiredClaims: ['exp'], currentDate: new Date(now) })
    return identityOf(provider, payload, now)
  } catch (error) {
    const reason = reasonOf(error)
    return invalidToken(reason, WITHOUT_KEY.has(reason) ? now : now + REFUSED_MS)
  }
}

/** A token that names no key may be signed with any of the set that fits its algorithm. */
async function payloadOf(token: string, getKey: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, getKey, options)).payload
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return payloadByOneOf(error, token, options)
    throw error
  }
}

async function payloadByOneOf(keys: AsyncIterable<CryptoKey>, token: string, options: JWTVerifyOptions): Promise<JWTPayload> {
  let tried = 0
  for await (const key of keys) {
    try {
      return (await jwtVerify(token, key, options)).payload
    } catch (error) {
      // A key that is not fit for use says nothing about the next one either.
      if (!(error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError)) throw error
    }
    if (++tried === MOST_KEYS) break
  }
  throw new errors.JWSSignatureVerificationFailed()
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
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key'
  if (error instanceof errors.JWKSInvalid) return 'keys_unavailable'
  return 'malformed'
}
