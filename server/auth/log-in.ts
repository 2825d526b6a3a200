import type { Database } from '../../db/database.ts'
import type { UserRow } from '../../db/models/people.ts'
import { AppError } from '../http/app-error.ts'
import { hashPassword, verifyPassword } from './password.ts'

/** Wrong passwords in a row before an account waits. */
const FREE_ATTEMPTS = 5
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15 * 60_000

/** Compared against when there is no such user, so that both answers take the same time. */
const nobody = hashPassword('nobody has this password')

/**
 * The user with this email and password. Wrong ones are counted on the account: from the sixth in a row on,
 * it waits twice as long each time, 15 minutes at most.
 * @throws AppError wrong_credentials, too_many_attempts
 */
export async function logIn(db: Database, email: string, password: string, now: Date): Promise<UserRow> {
  const user = await db.users.findOne({ where: db.sequelize.where(db.sequelize.fn('lower', db.sequelize.col('email')), email.toLowerCase()) })
  if (user?.lockedUntil && user.lockedUntil > now) {
    const seconds = Math.ceil((user.lockedUntil.getTime() - now.getTime()) / 1000)
    throw new AppError('too_many_attempts', { headers: { 'retry-after': String(seconds) } })
  }
  const right = await verifyPassword(password, user?.passwordHash ?? (await nobody))
  if (user === null || !right) {
    if (user !== null) await countFailure(user, now)
    throw new AppError('wrong_credentials')
  }
  await user.update({ failedLogins: 0, lockedUntil: null })
  return user
}

async function countFailure(user: UserRow, now: Date): Promise<void> {
  const failedLogins = user.failedLogins + 1
  const over = failedLogins - FREE_ATTEMPTS
  const wait = over <= 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(over - 1, 20))
  await user.update({ failedLogins, lockedUntil: wait === 0 ? null : new Date(now.getTime() + wait) })
}
