import Type from 'typebox'
import type { ProposalRow } from '../../../db/models/guarded-publishing.ts'
import { sha256Hex, strictObject, timestamp, uuid, words } from '../../../shared/schema/field.ts'
import { PublishOptions } from '../../../shared/schema/publish.ts'
import { ResourceChange } from '../../../shared/schema/resource-change.ts'
import { diffContent } from '../../../shared/snapshot/diff.ts'
import { nullableTimestamp } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { contentOf, findLive } from '../../publishing/live.ts'
import { composeContent } from '../../publishing/compose-content.ts'
import { approveProposal, rejectProposal } from '../../publishing/proposals/decide-proposal.ts'
import { findProposal, mayDecide } from '../../publishing/proposals/find-proposal.ts'
import { tenantsOf } from '../../auth/actor.ts'
import type { SnapshotContent } from '../../../shared/schema/snapshot.ts'
import { published } from './publish-endpoints.ts'

/** Older ones are in the audit. */
const MOST_SHOWN = 200

const ProposalItem = strictObject({
  id: uuid(),
  state: words(['pending', 'approved', 'rejected']),
  proposedBy: Type.String(),
  proposedAt: timestamp(),
  expectedRevision: Type.Integer({ description: 'The revision that was live; another one since makes the proposal void.' }),
  sha256: sha256Hex({ description: 'Of what would be published.' }),
  request: PublishOptions,
  tenants: Type.Union([Type.Array(Type.String()), Type.Null()], { description: 'The tenants its publisher is kept within.' }),
  decidedBy: Type.Union([Type.String(), Type.Null()]),
  decidedAt: nullableTimestamp,
  reason: Type.Union([Type.String(), Type.Null()]),
  revision: Type.Union([Type.Integer(), Type.Null()], { description: 'That it became.' })
})

function present(row: ProposalRow) {
  const { id, state, proposedBy, expectedRevision, sha256, request, tenants, decidedBy, reason, revision } = row
  return { id, state, proposedBy, proposedAt: row.proposedAt.toISOString(), expectedRevision, sha256, request, tenants, decidedBy, decidedAt: row.decidedAt?.toISOString() ?? null, reason, revision }
}

export const proposalEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/config/proposals',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'Publishes that wait for a second person, and the latest that were decided, newest first',
    answers: { 200: { description: `The ${MOST_SHOWN} newest.`, schema: strictObject({ items: Type.Array(ProposalItem) }) } },
    async handle({ deps, actor }) {
      const rows = await deps.db.proposals.findAll({ attributes: { exclude: ['content'] }, order: [['proposedAt', 'DESC'], ['id', 'DESC']], limit: MOST_SHOWN })
      return { status: 200, body: { items: rows.filter((row) => mayDecide(actor, row)).map(present) } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/config/proposals/:id',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'Read a proposal with what it would change',
    answers: { 200: { description: 'The proposal.', schema: strictObject({ ...ProposalItem.properties, changes: Type.Array(ResourceChange, { description: 'Against what is live now.' }) }) } },
    async handle({ deps, actor, params }) {
      const row = await findProposal(deps.db, actor, params['id'] ?? '')
      const live = contentOf(await findLive(deps.db))
      // Of other tenants it holds what was live then.
      const proposed = composeContent(live, JSON.parse(row.content) as SnapshotContent, { tenants: tenantsOf(actor) })
      return { status: 200, body: { ...present(row), changes: diffContent(live, proposed) } }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/config/proposals/:id/approve',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'config',
    summary: 'Publish exactly what another person proposed',
    answers: published,
    audits: 'config.publish',
    handle: async (request) => ({ status: 201, body: await approveProposal(request, request.params['id'] ?? '') })
  }),
  endpoint({
    method: 'POST',
    path: '/config/proposals/:id/reject',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'config',
    summary: 'Turn a proposal down, or withdraw an own one',
    body: strictObject({ reason: Type.String({ maxLength: 2000, default: '', description: 'Why; in the audit.' }) }),
    answers: { 204: { description: 'Rejected.' } },
    audits: 'config.reject',
    async handle(request) {
      await rejectProposal(request, request.params['id'] ?? '', request.body.reason)
      return { status: 204 }
    }
  })
]
