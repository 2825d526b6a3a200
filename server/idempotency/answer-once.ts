import { createHash } from 'node:crypto'
import { errorIssue } from '../../shared/schema/issue.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'
import { invalidRequest } from '../http/app-error.ts'
import type { Answer, Endpoint, EndpointRequest } from '../http/endpoint.ts'
import { mapError } from '../http/map-error.ts'
import { seal, unseal } from '../sealing/seal.ts'
import { secretsKeyOf } from '../sealing/secrets-key-of.ts'
import { abandonClaim, type Claim, claimKey, keepAnswer, releaseClaim, renewClaim } from './claim-key.ts'
import { takesIdempotencyKey } from './takes-idempotency-key.ts'

const RENEW_EVERY_MS = 5_000

/**
 * Does what was asked once for each Idempotency-Key: the same request with the same key gets the same answer for a day,
 * from whichever process. What failed without a change may be tried again. Answers are kept sealed, because some hold a
 * token that is shown only once.
 * @throws AppError idempotency_key_reused, idempotency_key_in_use, idempotency_answer_lost, secrets_key_missing
 */
export async function answerOnce(endpoint: Endpoint, request: EndpointRequest, run: () => Promise<Answer>): Promise<Answer> {
  const key = request.header('idempotency-key')
  if (key === '' || !takesIdempotencyKey(endpoint)) return run()
  const { deps } = request
  const secretsKey = secretsKeyOf(deps)
  const claim = claimOf(endpoint, request, key)
  const rowId = `${claim.actor}\n${claim.key}`
  const earlier = await claimKey(deps.db, claim)
  if (earlier !== null) return replayed(JSON.parse(unseal(secretsKey, rowId, earlier.sealedAnswer ?? '')) as Answer)
  const answer = await runClaimed(request, claim, run)
  await keepAnswer(deps.db, claim, seal(secretsKey, rowId, JSON.stringify(answer))).catch((error: Error) => {
    deps.log.warn({ requestId: request.requestId, reason: error.message }, 'the answer to a request with an Idempotency-Key could not be kept')
  })
  return answer
}

async function runClaimed({ deps }: EndpointRequest, claim: Claim, run: () => Promise<Answer>): Promise<Answer> {
  const renewal = setInterval(() => void renewClaim(deps.db, claim).catch(() => {}), RENEW_EVERY_MS)
  try {
    return await run()
  } catch (error) {
    // After an error of ours nobody knows whether the change was committed.
    const settle = mapError(error).status < 500 ? releaseClaim : abandonClaim
    await settle(deps.db, claim).catch(() => {})
    throw error
  } finally {
    clearInterval(renewal)
  }
}

function claimOf(endpoint: Endpoint, { actor, params, body, requestId }: EndpointRequest, key: string): Claim {
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) throw invalidRequest([errorIssue('', 'invalid_value', 'Idempotency-Key must have 1 to 128 visible ASCII characters, for example a UUID')])
  const asked = canonicalJson({ endpoint: `${endpoint.method} ${endpoint.path}`, params, body: body ?? null })
  const id = 'id' in actor ? actor.id : ''
  return { actor: `${actor.kind}:${id}`, key, fingerprint: createHash('sha256').update(asked, 'utf8').digest('hex'), requestId }
}

function replayed(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } }
}
