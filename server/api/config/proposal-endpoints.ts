import Type from 'typebox'
import type { Database } from '../../../db/database.ts'
import type { ProposalRow } from '../../../db/models/guarded-publishing.ts'
import type { SnapshotRow } from '../../../db/models/publishing.ts'
import { entriesById } from '../../../shared/configuration-file/file-of-content.ts'
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
import { personOf } from '../../publishing/proposals/person-of.ts'
import { tenantsOf } from '../../auth/actor.ts'
import type { SnapshotContent } from '../../../shared/schema/snapshot.ts'
import { published } from './publish-endpoints.ts'

/** Older ones are in the audit. */
const MOST_SHOWN = 200

const ProposalItem = strictObject({
  id: uuid(),
  state: words(['pending', 'approved', 'rejected']),
  proposedBy: Type.String(),
  isOwn: Type.Boolean({ description: 'You proposed it, or one of your tokens did: another person has to approve it.' }),
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

const ProposalWithChanges = strictObject({
  ...ProposalItem.properties,
  against: Type.Integer({ description: 'The revision that the changes are against: expectedRevision, or what is live now when that one is kept no more; 0: nothing.' }),
  changes: Type.Array(ResourceChange, { description: 'What of `against` it would change, or did.' }),
  added: Type.Array(strictObject({ id: uuid(), entry: Type.Unknown({ description: 'As a file of the configuration has it: without defaults, with names in place of ids.' }) }), { description: 'The resources that it adds, whole.' })
})

/** `person` is who asks. */
function present(row: ProposalRow, person: string) {
  const { id, state, proposedBy, expectedRevision, sha256, request, tenants, decidedBy, reason, revision } = row
  return { id, state, proposedBy, isOwn: row.proposer === person, proposedAt: row.proposedAt.toISOString(), expectedRevision, sha256, request, tenants, decidedBy, decidedAt: row.decidedAt?.toISOString() ?? null, reason, revision }
}

/** What was live when it was proposed, so that the changes of an old proposal are still its own; what is live now when that was removed. */
async function findMadeUpon(db: Database, { expectedRevision }: ProposalRow): Promise<SnapshotRow | null> {
  if (expectedRevision === 0) return null
  return (await db.snapshots.findOne({ where: { revision: expectedRevision }, order: [['createdAt', 'DESC']] })) ?? findLive(db)
}

function addedTo(proposed: SnapshotContent, changes: readonly ResourceChange[]): { id: string; entry: unknown }[] {
  const entries = entriesById(proposed)
  return changes.flatMap(({ kind, id, change }) => (change === 'added' ? [{ id, entry: entries[kind].get(id) }] : []))
}

export const proposalEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/config/proposals',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'Publishes that wait for a second person, and the latest that were decided, newest first',
    answers: { 200: { description: `The ${MOST_SHOWN} newest.`, schema: strictObject({ required: Type.Boolean({ description: 'Whether a publish waits for a second person (PUBLISH_APPROVAL).' }), items: Type.Array(ProposalItem) }) } },
    async handle({ deps, actor }) {
      const [rows, person] = await Promise.all([deps.db.proposals.findAll({ attributes: { exclude: ['content'] }, order: [['proposedAt', 'DESC'], ['id', 'DESC']], limit: MOST_SHOWN }), personOf(deps.db, actor)])
      return { status: 200, body: { required: deps.needsApproval, items: rows.filter((row) => mayDecide(actor, row)).map((row) => present(row, person)) } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/config/proposals/:id',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'Read a proposal with what it would change',
    answers: { 200: { description: 'The proposal.', schema: ProposalWithChanges } },
    async handle({ deps, actor, params }) {
      const row = await findProposal(deps.db, actor, params['id'] ?? '')
      const [person, madeUpon] = await Promise.all([personOf(deps.db, actor), findMadeUpon(deps.db, row)])
      const before = contentOf(madeUpon)
      // Of other tenants it holds what was live then.
      const proposed = composeContent(before, contentOf(row), { tenants: tenantsOf(actor) })
      const changes = diffContent(before, proposed)
      return { status: 200, body: { ...present(row, person), against: madeUpon?.revision ?? 0, changes, added: addedTo(proposed, changes) } }
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
