import type { Database } from '../../db/database.ts'
import { errorIssue } from '../../shared/schema/issue.ts'
import { appendAudit } from '../audit/append-audit.ts'
import type { Actor } from '../auth/actor.ts'
import { logIn } from '../auth/log-in.ts'
import { hashPassword } from '../auth/password.ts'
import { type NewSession, openSession, type SessionOrigin } from '../auth/session.ts'
import { invalidRequest } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'

interface PasswordChange {
  actor: Extract<Actor, { kind: 'user' }>
  oldPassword: string
  newPassword: string
  origin: SessionOrigin
  requestId: string
}

/**
 * Sets one's own password and opens a new session; every other one of the person ends, this one too. The old password is
 * held against guessing as at sign-in.
 * @throws AppError wrong_credentials, too_many_attempts, invalid_request when nothing would change
 */
export async function changeOwnPassword(db: Database, { actor, oldPassword, newPassword, origin, requestId }: PasswordChange): Promise<NewSession> {
  const now = new Date()
  await logIn(db, actor.email, oldPassword, origin.clientAddress, now)
  if (oldPassword.normalize('NFKC') === newPassword.normalize('NFKC')) throw invalidRequest([errorIssue('/newPassword', 'invalid_value', 'newPassword must differ from the old one')])
  const passwordHash = await hashPassword(newPassword)
  return inTransaction(db, async (transaction) => {
    await db.users.update({ passwordHash, oneTimeUntil: null }, { where: { id: actor.id }, transaction })
    await db.sessions.destroy({ where: { userId: actor.id }, transaction })
    await appendAudit(db, transaction, { actor: actor.email, action: 'session.password', kind: 'users', resourceId: actor.id, requestId })
    return openSession(db, actor.id, origin, now, transaction)
  })
}
