import { Readable } from 'node:stream'
import Type from 'typebox'
import { strictObject, timestamp, words } from '../../../shared/schema/field.ts'
import { AUDIT_LIST, AuditItem, presentAuditRow } from '../../audit/audit-list.ts'
import { exportAudit } from '../../audit/export-audit.ts'
import { AUDIT_PROBLEMS, verifyAudit } from '../../audit/verify-audit.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { conditionsOf, pageRows } from '../../lists/page-rows.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { visibleAudit } from '../../tenancy/visible-audit.ts'

const { limit: _, cursor: __, sort: ___, ...filters } = AUDIT_LIST.query.properties

const Verification = strictObject({
  ok: Type.Boolean({ description: 'Every row is as it was written.' }),
  rows: Type.Integer({ description: 'Rows that are.' }),
  anchor: Type.Union([strictObject({ sequence: Type.String(), at: timestamp() }), Type.Null()], { description: 'The last row that retention removed, and when; null: none was.' }),
  problem: Type.Union([strictObject({ sequence: Type.String(), reason: words([...AUDIT_PROBLEMS]) }), Type.Null()], { description: 'The first row that is not.' })
})

export const auditEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/audit',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'audit',
    summary: 'Who changed what, newest first',
    query: AUDIT_LIST.query,
    answers: { 200: { description: 'A page of audit rows.', schema: pageOf(AuditItem) } },
    async handle({ deps, query, actor }) {
      const visible = visibleAudit(deps.db, await tenantScopeOf(deps.db, actor))
      const { items, nextCursor } = await pageRows(deps.db.audit, AUDIT_LIST, query, { where: visible })
      return { status: 200, body: { items: items.map(presentAuditRow), nextCursor } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/audit/export',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'audit',
    summary: 'The whole audit, or what fits the filters, as JSON lines, oldest first',
    query: strictObject(filters),
    answers: { 200: { description: 'application/x-ndjson: one row a line, as GET /audit shows it.' } },
    async handle({ deps, query, actor }) {
      const visible = visibleAudit(deps.db, await tenantScopeOf(deps.db, actor))
      const body = Readable.from(exportAudit(deps.db, [visible, ...conditionsOf(AUDIT_LIST, query)]))
      return { status: 200, body, headers: { 'content-type': 'application/x-ndjson', 'content-disposition': 'attachment; filename="audit.jsonl"' } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/audit/verify',
    permission: 'admin',
    tag: 'audit',
    summary: 'Walk the chain of the audit and tell whether every row is as it was written',
    answers: { 200: { description: 'What was found.', schema: Verification } },
    handle: async ({ deps }) => ({ status: 200, body: await verifyAudit(deps.db, deps.secretsKey) })
  })
]
