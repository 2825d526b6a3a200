import { Op } from 'sequelize'
import Type from 'typebox'
import type { AuditRow } from '../../../db/models/audit.ts'
import { strictObject, timestamp } from '../../../shared/schema/field.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { pageLimit, pageQuery } from '../../http/page.ts'

const AuditItem = strictObject({
  id: Type.String({ description: 'Sequence number of the row.' }),
  at: timestamp(),
  actor: Type.String(),
  action: Type.String(),
  kind: Type.String(),
  resourceId: Type.String(),
  target: Type.String({ description: 'Kind and id together.' }),
  requestId: Type.String(),
  before: Type.Unknown({ description: 'The resource before, redacted; null when there was none.' }),
  after: Type.Unknown({ description: 'The resource after, redacted; null when there is none.' }),
  previousHash: Type.String(),
  hash: Type.String({ description: 'sha256 over the row and previousHash.' })
})

const filter = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))

export const auditEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/audit',
    permission: 'viewer',
    tag: 'audit',
    summary: 'Who changed what, newest first',
    query: strictObject({
      limit: pageQuery.limit,
      cursor: Type.Optional(Type.String({ pattern: '^\\d{1,18}$', form: 'the nextCursor of another page', description: 'nextCursor of the page before.' })),
      actor: filter,
      action: filter,
      kind: filter,
      resourceId: filter
    }),
    answers: { 200: { description: 'A page of audit rows.', schema: pageOf(AuditItem) } },
    async handle({ deps, query }) {
      const { limit: limitText, cursor, ...filters } = query
      const limit = pageLimit(limitText)
      const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))
      const before = cursor === undefined ? {} : { sequence: { [Op.lt]: cursor } }
      const rows = await deps.db.audit.findAll({ where: { ...given, ...before }, order: [['sequence', 'DESC']], limit: limit + 1 })
      const items = rows.slice(0, limit)
      return { status: 200, body: { items: items.map(present), nextCursor: rows.length > limit ? (items.at(-1)?.sequence ?? null) : null } }
    }
  })
]

function present(row: AuditRow) {
  const { actor, action, kind, resourceId, requestId, before, after, previousHash, hash } = row
  return { id: row.sequence, at: row.at.toISOString(), actor, action, kind, resourceId, target: `${kind}/${resourceId}`, requestId, before, after, previousHash, hash }
}
