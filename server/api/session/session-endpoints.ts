import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { NewPassword } from '../../../shared/schema/person.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { logIn } from '../../auth/log-in.ts'
import { SESSION_COOKIE, closeSession, openSession } from '../../auth/session.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'
import { changeOwnPassword } from '../../people/own-password.ts'
import { clearedCookie, openedCookie, originOf, SessionAnswer, sessionAnswer, userOf } from './session-answer.ts'

export const sessionEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/session',
    permission: 'public',
    tag: 'session',
    summary: 'Sign in with email and password',
    body: strictObject({ email: Type.String({ minLength: 3, maxLength: 254 }), password: Type.String({ minLength: 1, maxLength: 1024 }) }),
    answers: { 200: { description: `Signed in; the cookie ${SESSION_COOKIE} is set, and the session of the one that was sent has ended.`, schema: SessionAnswer } },
    audits: 'session.create',
    async handle(request) {
      const { deps, body, sessionToken, requestId } = request
      const now = new Date()
      const origin = originOf(request)
      const user = await logIn(deps.db, body.email, body.password, origin.clientAddress, now)
      const session = await inTransaction(deps.db, async (transaction) => {
        if (sessionToken !== '') await closeSession(deps.db, sessionToken, transaction)
        const opened = await openSession(deps.db, user.id, origin, now, transaction)
        await appendAudit(deps.db, transaction, { actor: user.email, action: 'session.create', kind: 'sessions', resourceId: user.id, requestId, after: { clientAddress: origin.clientAddress } })
        return opened
      })
      return { status: 200, body: sessionAnswer(user, session.csrfToken), headers: openedCookie(session.token, request) }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/session',
    permission: 'viewer',
    tenantScoped: true,
    beforePasswordChange: true,
    tag: 'session',
    summary: 'Who am I',
    answers: { 200: { description: 'The signed-in person.', schema: SessionAnswer } },
    async handle({ actor }) {
      const user = userOf(actor)
      return { status: 200, body: sessionAnswer(user, user.csrfToken) }
    }
  }),
  endpoint({
    method: 'DELETE',
    path: '/session',
    permission: 'viewer',
    tenantScoped: true,
    beforePasswordChange: true,
    tag: 'session',
    summary: 'Sign out',
    answers: { 204: { description: 'Signed out; the cookie is cleared.' } },
    audits: 'session.delete',
    async handle(request) {
      const { deps, actor, sessionToken, requestId } = request
      const user = userOf(actor)
      await inTransaction(deps.db, async (transaction) => {
        await closeSession(deps.db, sessionToken, transaction)
        await appendAudit(deps.db, transaction, { actor: actorName(actor), action: 'session.delete', kind: 'sessions', resourceId: user.id, requestId })
      })
      return { status: 204, headers: clearedCookie(request) }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/session/password',
    permission: 'viewer',
    tenantScoped: true,
    beforePasswordChange: true,
    tag: 'session',
    summary: 'Change your own password; your other sessions end',
    body: strictObject({ oldPassword: Type.String({ minLength: 1, maxLength: 1024 }), newPassword: NewPassword }),
    answers: { 200: { description: 'Changed; this session goes on with a new cookie and csrfToken.', schema: SessionAnswer } },
    audits: 'session.password',
    async handle(request) {
      const { deps, actor, body, requestId } = request
      const user = userOf(actor)
      const session = await changeOwnPassword(deps.db, { actor: user, ...body, origin: originOf(request), requestId })
      return { status: 200, body: sessionAnswer({ ...user, mustChangePassword: false }, session.csrfToken), headers: openedCookie(session.token, request) }
    }
  })
]
