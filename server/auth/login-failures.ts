import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { AppError } from '../http/app-error.ts'
import { addressBlock } from '../rate-limits/address-block.ts'

/** Failed sign-ins of one address in a window, whoever they were for; more wait for the window's end. */
export const MOST_FAILURES = 100
export const FAILURE_WINDOW_MS = 15 * 60_000

/**
 * Counts a sign-in of an address as failed, before anything is looked at, so that attempts made side by side count too.
 * The count is in Postgres: it holds over all processes and over restarts.
 * @throws AppError too_many_attempts with Retry-After
 */
export async function countFailure(db: Database, clientAddress: string, now: Date): Promise<void> {
  const rows = await db.sequelize.query<{ failures: number }>(
    `INSERT INTO login_failures (address, failures, since) VALUES ($1, 1, $2)
     ON CONFLICT (address) DO UPDATE SET
       failures = CASE WHEN login_failures.since <= $3 THEN 1 ELSE login_failures.failures + 1 END,
       since = CASE WHEN login_failures.since <= $3 THEN $2 ELSE login_failures.since END
     WHERE login_failures.since <= $3 OR login_failures.failures < $4
     RETURNING failures`,
    { bind: [addressBlock(clientAddress), now.toISOString(), windowStart(now).toISOString(), MOST_FAILURES], type: QueryTypes.SELECT }
  )
  if (rows.length === 0) throw new AppError('too_many_attempts', { message: 'Too many failed sign-ins from your address; wait and try again.', headers: { 'retry-after': String(FAILURE_WINDOW_MS / 1000) } })
}

/** It was none after all. */
export async function takeFailureBack(db: Database, clientAddress: string): Promise<void> {
  await db.sequelize.query('UPDATE login_failures SET failures = greatest(failures - 1, 0) WHERE address = $1', { bind: [addressBlock(clientAddress)] })
}

/** Removes the counts whose window is over. */
export async function removeOldFailures(db: Database, now: Date): Promise<void> {
  await db.sequelize.query('DELETE FROM login_failures WHERE since <= $1', { bind: [windowStart(now).toISOString()] })
}

function windowStart(now: Date): Date {
  return new Date(now.getTime() - FAILURE_WINDOW_MS)
}
