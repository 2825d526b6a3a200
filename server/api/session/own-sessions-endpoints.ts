import Type from 'typebox'
import type { SessionRow } from '../../../db/models/people.ts'
import { strictObject, timestamp, uuid } from '../../../shared/schema/field.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { SESSION_IDLE_MS } from '../../auth/session.ts'
import { AppError } from '../../http/app-error.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'
import { isUuid } from '../../is-uuid.ts'
import { defineList } from '../../lists/list.ts'
import { pageRows } from '../../lists/page-rows.ts'
import { clearedCookie, userOf } from './session-answer.ts'

const OwnSession = strictObject({
  id: uuid(),
  isThis: Type.Boolean({ description: 'The one that asks.' }),
  createdAt: timestamp(),
  lastSeenAt: timestamp({ description: 'To the minute.' }),
  expiresAt: timestamp({ description: 'It ends then, or when it was idle for too long before.' }),
  clientAddress: Type.String({ description: 'Where it was opened from; empty: not known.' }),
  userAgent: Type.String({ description: 'What the browser said it is.' })
}, { title: 'session' })

const SESSION_LIST = defineList({
  sortable: { lastSeenAt: { attribute: 'lastSeenAt', type: 'moment' }, createdAt: { attribute: 'createdAt', type: 'moment' } },
  sort: '-lastSeenAt',
  unique: { attribute: 'id', type: 'uuid' }
})

/** The sessions of the one who asks, in all browsers. */
export const ownSessionsEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/sessions',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'session',
    summary: 'List where you are signed in',
    query: SESSION_LIST.query,
    answers: { 200: { description: 'A page of your sessions; an API token has none.', schema: pageOf(OwnSession) } },
    async handle({ deps, actor, query }) {
      const [userId, sessionId] = actor.kind === 'user' ? [actor.id, actor.sessionId] : [null, '']
      const { items, nextCursor } = await pageRows(deps.db.sessions, SESSION_LIST, query, { where: { userId } })
      return { status: 200, body: { items: items.map((row) => present(row, sessionId)), nextCursor } }
    }
  }),
  endpoint({
    method: 'DELETE',
    path: '/sessions/:id',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'session',
    summary: 'End one of your sessions',
    answers: { 204: { description: 'Ended at once.' } },
    audits: 'session.delete',
    async handle({ deps: { db }, actor, params, requestId }) {
      const id = params['id'] ?? ''
      const user = userOf(actor)
      await inTransaction(db, async (transaction) => {
        const count = isUuid(id) ? await db.sessions.destroy({ where: { id, userId: user.id }, transaction }) : 0
        if (count === 0) throw new AppError('not_found', { message: `You have no session with the id ${id}.` })
        await appendAudit(db, transaction, { actor: user.email, action: 'session.delete', kind: 'sessions', resourceId: user.id, requestId, before: { id } })
      })
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'DELETE',
    path: '/sessions',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'session',
    summary: 'Sign out everywhere, here too',
    answers: { 204: { description: 'All of your sessions have ended; the cookie is cleared.' } },
    audits: 'session.delete',
    async handle(request) {
      const { deps: { db }, actor, requestId } = request
      const user = userOf(actor)
      await inTransaction(db, async (transaction) => {
        const count = await db.sessions.destroy({ where: { userId: user.id }, transaction })
        await appendAudit(db, transaction, { actor: user.email, action: 'session.delete', kind: 'sessions', resourceId: user.id, requestId, before: { sessions: count } })
      })
      return { status: 204, headers: clearedCookie(request) }
    }
  })
]

function present(row: SessionRow, sessionId: string) {
  const idleEnd = row.lastSeenAt.getTime() + SESSION_IDLE_MS
  return {
    id: row.id,
    isThis: row.id === sessionId,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: new Date(Math.min(row.expiresAt.getTime(), idleEnd)).toISOString(),
    clientAddress: row.clientAddress,
    userAgent: row.userAgent
  }
}
