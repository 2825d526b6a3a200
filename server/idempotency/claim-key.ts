import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { IdempotencyKeyRow } from '../../db/models/idempotency.ts'
import { AppError } from '../http/app-error.ts'

/** Answers are given once more for this long. */
export const KEPT_HOURS = 24
/** A request that did not end for so long, and whose process did not say that it goes on, is taken for dead. */
const LEASE_SECONDS = 15

/** One request with its key. */
export interface Claim {
  actor: string
  key: string
  fingerprint: string
  requestId: string
}

/**
 * Takes the key for this request, once over all processes; the clock is that of the database.
 * @returns null when it is taken, else the row of the request that came before and ended.
 * @throws AppError idempotency_key_reused, idempotency_key_in_use, idempotency_answer_lost
 */
export async function claimKey(db: Database, claim: Claim): Promise<IdempotencyKeyRow | null> {
  const taken = await db.sequelize.query(
    `INSERT INTO idempotency_keys AS known (actor, key, fingerprint, request_id, created_at, locked_until) VALUES ($1, $2, $3, $4, now(), now() + interval '${LEASE_SECONDS} s')
     ON CONFLICT (actor, key) DO UPDATE SET fingerprint = excluded.fingerprint, request_id = excluded.request_id, created_at = excluded.created_at, locked_until = excluded.locked_until, sealed_answer = NULL
       WHERE known.created_at < now() - interval '${KEPT_HOURS} h'
     RETURNING request_id`,
    { bind: [claim.actor, claim.key, claim.fingerprint, claim.requestId], type: QueryTypes.SELECT }
  )
  if (taken.length > 0) return null
  const row = await db.idempotencyKeys.findOne({ where: { actor: claim.actor, key: claim.key } })
  if (row === null) throw inUse()
  if (row.fingerprint !== claim.fingerprint) throw new AppError('idempotency_key_reused')
  if (row.sealedAnswer !== null) return row
  await checkAbandoned(db, row)
  if (!await takeOver(db, row, claim)) throw inUse()
  return null
}

/** Says that the request still runs. */
export async function renewClaim(db: Database, { actor, key, requestId }: Claim): Promise<void> {
  await db.sequelize.query(`UPDATE idempotency_keys SET locked_until = now() + interval '${LEASE_SECONDS} s' WHERE actor = $1 AND key = $2 AND request_id = $3`, { bind: [actor, key, requestId] })
}

/** Gives the key free: nothing was done. */
export async function releaseClaim(db: Database, { actor, key, requestId }: Claim): Promise<void> {
  await db.idempotencyKeys.destroy({ where: { actor, key, requestId } })
}

/** Lets the next one with this key find out at once what became of the request. */
export async function abandonClaim(db: Database, { actor, key, requestId }: Claim): Promise<void> {
  await db.sequelize.query('UPDATE idempotency_keys SET locked_until = now() WHERE actor = $1 AND key = $2 AND request_id = $3', { bind: [actor, key, requestId] })
}

export async function keepAnswer(db: Database, { actor, key, requestId }: Claim, sealedAnswer: string): Promise<void> {
  await db.idempotencyKeys.update({ sealedAnswer }, { where: { actor, key, requestId } })
}

/**
 * A request that nobody works on any more did what it should when its row of the audit is there: both were written in one
 * transaction. Then only its answer is lost, and it must not be done again.
 */
async function checkAbandoned(db: Database, row: IdempotencyKeyRow): Promise<void> {
  const [state] = await db.sequelize.query<{ locked: boolean }>('SELECT locked_until > now() AS locked FROM idempotency_keys WHERE actor = $1 AND key = $2', { bind: [row.actor, row.key], type: QueryTypes.SELECT })
  if (state === undefined || state.locked) throw inUse()
  const done = await db.audit.findOne({ where: { requestId: row.requestId }, order: [['sequence', 'DESC']], attributes: ['action', 'kind', 'resourceId'] })
  if (done === null) return
  const { action, kind, resourceId } = done
  throw new AppError('idempotency_answer_lost', { message: `It was done (${action} of ${kind}/${resourceId}), but its answer was lost with the process that gave it.`, extra: { done: { action, kind, resourceId } } })
}

async function takeOver(db: Database, row: IdempotencyKeyRow, claim: Claim): Promise<boolean> {
  const taken = await db.sequelize.query(
    `UPDATE idempotency_keys SET request_id = $4, locked_until = now() + interval '${LEASE_SECONDS} s'
     WHERE actor = $1 AND key = $2 AND request_id = $3 AND sealed_answer IS NULL AND locked_until <= now() RETURNING request_id`,
    { bind: [claim.actor, claim.key, row.requestId, claim.requestId], type: QueryTypes.SELECT }
  )
  return taken.length > 0
}

function inUse(): AppError {
  return new AppError('idempotency_key_in_use', { headers: { 'retry-after': '1' } })
}
