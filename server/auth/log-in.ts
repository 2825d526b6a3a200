import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { Role } from '../../shared/schema/role.ts'
import { AppError } from '../http/app-error.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { countFailure, takeFailureBack } from './login-failures.ts'

/** Wrong passwords in a row before an account waits. */
export const FREE_ATTEMPTS = 5
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15 * 60_000

export interface LoggedIn {
  id: string
  email: string
  role: Role
  tenants: readonly string[] | null
  mustChangePassword: boolean
}

interface Attempt extends Omit<LoggedIn, 'mustChangePassword'> {
  password_hash: string
  one_time_until: Date | null
}

/** Compared against when there is no such user, so that both answers take the same time. */
let nobody: Promise<string> | undefined

/**
 * The user with this email and password. After five wrong ones in a row an account waits, twice as long each time,
 * 15 minutes at most. An attempt is counted before the password is looked at, so attempts made side by side count too.
 * Attempts of one address are bounded over all accounts.
 * @throws AppError wrong_credentials, also for a disabled user; too_many_attempts with Retry-After; one_time_password_expired
 */
export async function logIn(db: Database, email: string, password: string, clientAddress: string, now: Date): Promise<LoggedIn> {
  await countFailure(db, clientAddress, now)
  const attempt = await countAttempt(db, email, now)
  if (attempt === null) await refuseWhileWaiting(db, email, now)
  const right = await verifyPassword(password, attempt?.password_hash ?? (await (nobody ??= hashPassword('nobody has this password'))))
  if (attempt === null || !right) throw new AppError('wrong_credentials')
  if (attempt.one_time_until !== null && attempt.one_time_until <= now) throw new AppError('one_time_password_expired')
  await takeFailureBack(db, clientAddress)
  await db.users.update({ failedLogins: 0, lockedUntil: null, lastSignInAt: now }, { where: { id: attempt.id } })
  const { id, role, tenants, one_time_until } = attempt
  return { id, email: attempt.email, role, tenants, mustChangePassword: one_time_until !== null }
}

/** Counts the attempt as a wrong one, and sets how long the next must wait. Null when there is no such user, or it waits. */
async function countAttempt(db: Database, email: string, now: Date): Promise<Attempt | null> {
  const [attempt] = await db.sequelize.query<Attempt>(
    `UPDATE users SET
       failed_logins = failed_logins + 1,
       locked_until = CASE WHEN failed_logins + 1 <= $3 THEN NULL
         ELSE $2::timestamptz + least($5, $4 * 2 ^ least(failed_logins - $3, 20)) * interval '1 millisecond' END
     WHERE lower(email) = lower($1) AND enabled AND (locked_until IS NULL OR locked_until <= $2)
     RETURNING id, email, role, tenants, password_hash, one_time_until`,
    { bind: [email, now.toISOString(), FREE_ATTEMPTS, FIRST_WAIT_MS, LONGEST_WAIT_MS], type: QueryTypes.SELECT }
  )
  return attempt ?? null
}

async function refuseWhileWaiting(db: Database, email: string, now: Date): Promise<void> {
  const user = await db.users.findOne({ where: db.sequelize.where(db.sequelize.fn('lower', db.sequelize.col('email')), db.sequelize.fn('lower', email)), attributes: ['lockedUntil'] })
  const waits = (user?.lockedUntil?.getTime() ?? 0) - now.getTime()
  if (waits > 0) throw new AppError('too_many_attempts', { headers: { 'retry-after': String(Math.ceil(waits / 1000)) } })
}
