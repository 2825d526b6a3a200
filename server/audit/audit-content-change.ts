import type { Transaction } from 'sequelize'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { diffContent } from '../../shared/snapshot/diff.ts'
import type { Change } from '../resources/write-resource.ts'
import { actorName } from '../auth/actor.ts'
import { appendAudits } from './append-audit.ts'

/** Appends a row for each resource that differs, with what was before and after, so that each has its whole history. */
export async function auditContentChange({ deps, actor, requestId }: Change, transaction: Transaction, action: string, from: SnapshotContent, to: SnapshotContent): Promise<void> {
  const [before, after] = [byPlace(from), byPlace(to)]
  const entries = diffContent(from, to).map(({ kind, id }) => ({
    actor: actorName(actor),
    action,
    kind,
    resourceId: id,
    requestId,
    before: before.get(`${kind}/${id}`),
    after: after.get(`${kind}/${id}`)
  }))
  await appendAudits(deps.db, transaction, entries)
}

function byPlace(content: SnapshotContent): Map<string, unknown> {
  return new Map(Object.entries(content).flatMap(([kind, resources]) => (resources as { id: string }[]).map((resource) => [`${kind}/${resource.id}`, resource] as const)))
}
