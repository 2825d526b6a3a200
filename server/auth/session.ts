import { randomBytes } from 'node:crypto'
import { Op, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { Actor } from './actor.ts'
import { createToken, hashToken } from './token.ts'

export const SESSION_COOKIE = 'gateway_session'
export const SESSION_IDLE_MS = 8 * 3600_000
export const SESSION_ABSOLUTE_MS = 7 * 24 * 3600_000
/** last_seen_at is written at most this often. */
const SEEN_EVERY_MS = 60_000
const MOST_USER_AGENT = 300

export interface NewSession {
  token: string
  csrfToken: string
}

/** What a session is recognised by in the list of them. */
export interface SessionOrigin {
  clientAddress: string
  userAgent: string
}

/** Opens a session; its token is given out only here. */
export async function openSession(db: Database, userId: string, origin: SessionOrigin, now: Date, transaction: Transaction): Promise<NewSession> {
  const token = createToken('gws')
  const csrfToken = randomBytes(24).toString('base64url')
  await db.sessions.create(
    { tokenHash: hashToken(token), userId, csrfToken, clientAddress: origin.clientAddress, userAgent: origin.userAgent.slice(0, MOST_USER_AGENT), createdAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + SESSION_ABSOLUTE_MS) },
    { transaction }
  )
  return { token, csrfToken }
}

/** The person behind a session that is neither idle too long nor too old. */
export async function findSession(db: Database, token: string, now: Date, isActivity: boolean): Promise<Actor | null> {
  const idleSince = new Date(now.getTime() - SESSION_IDLE_MS)
  const session = await db.sessions.findOne({
    where: { tokenHash: hashToken(token), expiresAt: { [Op.gt]: now }, lastSeenAt: { [Op.gt]: idleSince } }
  })
  if (session === null) return null
  const user = await db.users.findByPk(session.userId)
  if (user === null || !user.enabled) return null
  if (isActivity && now.getTime() - session.lastSeenAt.getTime() > SEEN_EVERY_MS) await session.update({ lastSeenAt: now })
  return { kind: 'user', id: user.id, email: user.email, role: user.role, tenants: user.tenants, csrfToken: session.csrfToken, sessionId: session.id, mustChangePassword: user.oneTimeUntil !== null }
}

export async function closeSession(db: Database, token: string, transaction: Transaction): Promise<void> {
  await db.sessions.destroy({ where: { tokenHash: hashToken(token) }, transaction })
}
