import Type from 'typebox'
import type { ApiTokenRow } from '../../../db/models/people.ts'
import { strictObject, timestamp, uuid, words } from '../../../shared/schema/field.ts'
import { errorIssue } from '../../../shared/schema/issue.ts'
import { ROLES } from '../../../shared/schema/role.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { createToken, hashToken } from '../../auth/token.ts'
import { AppError, invalidRequest } from '../../http/app-error.ts'
import { nullableTimestamp } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'
import { isUuid } from '../../is-uuid.ts'
import { uuidV7 } from '../../uuid-v7.ts'

const TokenItem = strictObject({ id: uuid(), name: Type.String(), role: words([...ROLES]), createdBy: Type.String(), createdAt: timestamp(), expiresAt: nullableTimestamp })

const present = ({ id, name, role, createdBy, createdAt, expiresAt }: ApiTokenRow) => ({ id, name, role, createdBy, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null })

export const tokenEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/tokens',
    permission: 'admin',
    tag: 'tokens',
    summary: 'List API tokens',
    answers: { 200: { description: 'All API tokens, without their secrets.', schema: strictObject({ items: Type.Array(TokenItem) }) } },
    handle: async ({ deps }) => ({ status: 200, body: { items: (await deps.db.apiTokens.findAll({ order: [['createdAt', 'ASC'], ['id', 'ASC']], limit: 1000 })).map(present) } })
  }),
  endpoint({
    method: 'POST',
    path: '/tokens',
    permission: 'admin',
    tag: 'tokens',
    summary: 'Make an API token; it is shown only in this answer',
    body: strictObject({
      name: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
      role: words([...ROLES]),
      expiresAt: Type.Optional(timestamp({ description: 'After this moment the token is refused; absent means never.' }))
    }),
    answers: { 201: { description: 'The token, once.', schema: strictObject({ id: uuid(), token: Type.String() }) } },
    audits: 'tokens.create',
    async handle({ deps, body, actor, requestId }) {
      const now = new Date()
      const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt)
      if (expiresAt !== null && !(expiresAt > now)) throw invalidRequest([errorIssue('/expiresAt', 'invalid_value', 'expiresAt must be in the future')])
      const token = createToken('gwt')
      const row = { id: uuidV7(), name: body.name, tokenHash: hashToken(token), role: body.role, createdBy: actorName(actor), createdAt: now, expiresAt }
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
    permission: 'admin',
    tag: 'tokens',
    summary: 'Revoke an API token at once',
    answers: { 204: { description: 'Revoked.' } },
    audits: 'tokens.delete',
    async handle({ deps, params, actor, requestId }) {
      const id = params['id'] ?? ''
      await inTransaction(deps.db, async (transaction) => {
        const row = isUuid(id) ? await deps.db.apiTokens.findByPk(id, { transaction }) : null
        if (row === null) throw new AppError('not_found', { message: `There is no token with the id ${id}.` })
        await row.destroy({ transaction })
        await appendAudit(deps.db, transaction, { actor: actorName(actor), action: 'tokens.delete', kind: 'tokens', resourceId: id, requestId, before: present(row) })
      })
      return { status: 204 }
    }
  })
]
