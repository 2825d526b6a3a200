import Type from 'typebox'
import { strictObject, uuid, words } from '../../../shared/schema/field.ts'
import { ROLES } from '../../../shared/schema/role.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { logIn } from '../../auth/log-in.ts'
import { SESSION_ABSOLUTE_MS, SESSION_COOKIE, closeSession, openSession } from '../../auth/session.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'

const SessionAnswer = strictObject({
  user: strictObject({ id: uuid(), email: Type.String(), role: words([...ROLES]) }),
  csrfToken: Type.String({ description: 'Send it as x-csrf-token with every change made with the cookie.' })
})

const cookie = (value: string, seconds: number) => `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`

export const sessionEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/session',
    permission: 'public',
    tag: 'session',
    summary: 'Sign in with email and password',
    body: strictObject({ email: Type.String({ minLength: 3, maxLength: 254 }), password: Type.String({ minLength: 1, maxLength: 1024 }) }),
    answers: { 200: { description: `Signed in; the cookie ${SESSION_COOKIE} is set.`, schema: SessionAnswer } },
    audits: 'session.create',
    async handle({ deps, body, requestId }) {
      const now = new Date()
      const user = await logIn(deps.db, body.email, body.password, now)
      const session = await inTransaction(deps.db, async (transaction) => {
        const opened = await openSession(deps.db, user.id, now, transaction)
        await appendAudit(deps.db, transaction, { actor: user.email, action: 'session.create', kind: 'sessions', resourceId: user.id, requestId })
        return opened
      })
      return {
        status: 200,
        body: { user: { id: user.id, email: user.email, role: user.role }, csrfToken: session.csrfToken },
        headers: { 'set-cookie': cookie(session.token, SESSION_ABSOLUTE_MS / 1000) }
      }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/session',
    permission: 'viewer',
    tag: 'session',
    summary: 'Who am I',
    answers: { 200: { description: 'The signed-in person.', schema: SessionAnswer } },
    async handle({ actor }) {
      if (actor.kind !== 'user') throw noSession()
      return { status: 200, body: { user: { id: actor.id, email: actor.email, role: actor.role }, csrfToken: actor.csrfToken } }
    }
  }),
  endpoint({
    method: 'DELETE',
    path: '/session',
    permission: 'viewer',
    tag: 'session',
    summary: 'Sign out',
    answers: { 204: { description: 'Signed out; the cookie is cleared.' } },
    audits: 'session.delete',
    async handle({ deps, actor, sessionToken, requestId }) {
      if (actor.kind !== 'user') throw noSession()
      await inTransaction(deps.db, async (transaction) => {
        await closeSession(deps.db, sessionToken, transaction)
        await appendAudit(deps.db, transaction, { actor: actorName(actor), action: 'session.delete', kind: 'sessions', resourceId: actor.id, requestId })
      })
      return { status: 204, headers: { 'set-cookie': cookie('', 0) } }
    }
  })
]

function noSession(): AppError {
  return new AppError('not_found', { message: 'An API token has no session.' })
}
