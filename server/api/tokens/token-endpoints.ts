import Type from 'typebox'
import type { ApiTokenRow } from '../../../db/models/people.ts'
import { strictObject, timestamp, uuid, words } from '../../../shared/schema/field.ts'
import { errorIssue } from '../../../shared/schema/issue.ts'
import { ROLES } from '../../../shared/schema/role.ts'
import { Tenants } from '../../../shared/schema/tenants.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { createToken, hashToken } from '../../auth/token.ts'
import { AppError, invalidRequest } from '../../http/app-error.ts'
import { nullableTimestamp, pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'
import { isUuid } from '../../is-uuid.ts'
import { contains, oneOf } from '../../lists/filters.ts'
import { defineList } from '../../lists/list.ts'
import { pageRows } from '../../lists/page-rows.ts'
import { uuidV7 } from '../../uuid-v7.ts'
import { ownTokens, tokenRights } from './token-rights.ts'

const TokenItem = strictObject({ id: uuid(), name: Type.String(), role: words([...ROLES]), tenants: Tenants, createdBy: Type.String(), createdAt: timestamp(), expiresAt: nullableTimestamp, lastUsedAt: Type.Union([timestamp(), Type.Null()], { description: 'To the minute; null: never.' }) })

const present = ({ id, name, role, tenants, createdBy, createdAt, expiresAt, lastUsedAt }: ApiTokenRow) => ({ id, name, role, tenants: tenants ?? null, createdBy, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null, lastUsedAt: lastUsedAt?.toISOString() ?? null })

const TOKEN_LIST = defineList({
  sortable: {
    createdAt: { attribute: 'createdAt', type: 'moment' },
    name: { attribute: 'name', type: 'text' },
    expiresAt: { attribute: 'expiresAt', type: 'moment', nullable: true },
    lastUsedAt: { attribute: 'lastUsedAt', type: 'moment', nullable: true }
  },
  sort: 'createdAt',
  unique: { attribute: 'id', type: 'uuid' },
  filters: { q: contains('name'), role: oneOf('role', ROLES, 'Only those with this role.') }
})

export const tokenEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/tokens',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'tokens',
    summary: 'List your API tokens; admins see all',
    query: TOKEN_LIST.query,
    answers: { 200: { description: 'A page of API tokens, without their secrets.', schema: pageOf(TokenItem) } },
    async handle({ deps, query, actor }) {
      const { items, nextCursor } = await pageRows(deps.db.apiTokens, TOKEN_LIST, query, { where: ownTokens(actor) })
      return { status: 200, body: { items: items.map(present), nextCursor } }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/tokens',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'tokens',
    summary: 'Make an API token within your own rights; it is shown only in this answer',
    body: strictObject({
      name: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
      role: words([...ROLES], { description: 'Not above your own.' }),
      tenants: Tenants,
      expiresAt: Type.Optional(timestamp({ description: 'After this moment the token is refused; absent means never.' }))
    }),
    answers: { 201: { description: 'The token, once.', schema: strictObject({ id: uuid(), token: Type.String() }) } },
    audits: 'tokens.create',
    async handle({ deps, body, actor, requestId }) {
      const now = new Date()
      const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt)
      if (expiresAt !== null && !(expiresAt > now)) throw invalidRequest([errorIssue('/expiresAt', 'invalid_value', 'expiresAt must be in the future')])
      const rights = tokenRights(actor, body)
      const token = createToken('gwt')
      const row = { id: uuidV7(), name: body.name, tokenHash: hashToken(token), ...rights, createdBy: actorName(actor), createdAt: now, expiresAt }
      await inTransaction(deps.db, async (transaction) => {
        const created = await deps.db.apiTokens.create(row, { transaction })
        await appendAudit(deps.db, transaction, { actor: actorName(actor), action: 'tokens.create', kind: 'tokens', resourceId: row.id, requestId, after: present(created) })
      })
      return { status: 201, body: { id: row.id, token } }
    }
  }),
  endpoint({
    method: 'DELETE',
    path: '/tokens/:id',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'tokens',
    summary: 'Revoke one of your API tokens at once; admins revoke any',
    answers: { 204: { description: 'Revoked.' } },
    audits: 'tokens.delete',
    async handle({ deps, params, actor, requestId }) {
      const id = params['id'] ?? ''
      await inTransaction(deps.db, async (transaction) => {
        const row = isUuid(id) ? await deps.db.apiTokens.findOne({ where: { id, ...ownTokens(actor) }, transaction }) : null
        if (row === null) throw new AppError('not_found', { message: `There is no token with the id ${id}.` })
        await row.destroy({ transaction })
        await appendAudit(deps.db, transaction, { actor: actorName(actor), action: 'tokens.delete', kind: 'tokens', resourceId: id, requestId, before: present(row) })
      })
      return { status: 204 }
    }
  })
]
