import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { bulkChange } from '../../bulk/bulk-change.ts'
import { type BulkKind, type BulkRequest, bulkRequestSchema } from '../../bulk/bulk-request.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'

const BulkAnswer = strictObject({
  found: Type.Integer({ description: 'Resources that the request means.' }),
  changed: Type.Integer({ description: 'Of these, the ones that were not already so.' })
})

export const bulkEndpoints: Endpoint[] = [bulkEndpoint('routes'), bulkEndpoint('upstreams')]

function bulkEndpoint(kind: BulkKind): Endpoint {
  return endpoint({
    method: 'POST',
    path: `/${kind}:bulk`,
    permission: 'editor',
    tenantScoped: true,
    tag: kind,
    summary: `Change up to 10,000 ${kind} of the draft, all or none`,
    body: bulkRequestSchema(kind),
    answers: { 200: { description: 'How many were changed.', schema: BulkAnswer } },
    audits: `${kind}.bulk`,
    handle: async (request) => ({ status: 200, body: await bulkChange(request, kind, request.body as BulkRequest) })
  })
}
