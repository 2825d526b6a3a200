import { randomBytes } from 'node:crypto'
import { hashPassword } from '../auth/password.ts'

/** A one-time password that is not used by then is good for nothing. */
const ONE_TIME_MS = 7 * 24 * 3600_000

export interface OneTimePassword {
  password: string
  passwordHash: string
  oneTimeUntil: Date
}

/** A password to sign in with once, to choose another: the one given, or one of 120 random bits. */
export async function oneTimePassword(now: Date, given?: string): Promise<OneTimePassword> {
  const password = given ?? randomBytes(15).toString('base64url')
  return { password, passwordHash: await hashPassword(password), oneTimeUntil: new Date(now.getTime() + ONE_TIME_MS) }
}
