import type { Transaction } from 'sequelize'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { inRepeatableRead } from '../in-transaction.ts'
import type { Change } from '../resources/write-resource.ts'
import { announceConfig } from './announce.ts'
import { assembleDraft } from './assemble-draft.ts'
import { beginPublish, type PublishStart } from './begin-publish.ts'
import { checkContent } from './check-content.ts'
import { checkExpectedDraft, checkExpectedRevision } from './check-expectations.ts'
import { checkFleet } from './check-fleet.ts'
import { hashContent } from './content-hash.ts'
import { contentOf, desiredOf } from './live.ts'
import type { Published, PublishRequest } from './publish-request.ts'
import { storeSnapshot } from './store-snapshot.ts'
import { summarizeChanges } from './summarize-changes.ts'

type Outcome = Omit<Published, 'announced'>

/**
 * Freezes the draft into the next snapshot and makes it desired on every node, in one REPEATABLE READ transaction;
 * nodes are nudged after the commit.
 * @throws AppError publish_in_progress, revision_mismatch, draft_changed, behind_rollback, database_behind_fleet,
 * schema_not_supported_by_nodes, config_invalid
 */
export async function publish(change: Change, request: PublishRequest): Promise<Published> {
  const published = await inRepeatableRead(change.deps.db, (transaction, attempt) => publishIn(transaction, attempt, change, request))
  if (published.unchanged) return { ...published, announced: false }
  const { epoch, revision } = published
  return { ...published, announced: await announceConfig(change.deps, { epoch, revision }) }
}

async function publishIn(transaction: Transaction, attempt: number, change: Change, request: PublishRequest): Promise<Outcome> {
  const { db } = change.deps
  const start = await beginPublish(db, transaction, attempt)
  await checkExpectedRevision(db, transaction, start, request)
  const draft = await assembleDraft(db, transaction)
  if (!draft.ok) throw new AppError('config_invalid', { issues: draft.issues })
  const hashed = hashContent(draft.value)
  await checkExpectedDraft(db, transaction, hashed.sha256, request)
  if (start.live?.sha256 === hashed.sha256) return keepLive(transaction, change, start)
  await checkFleet(db, transaction, start.configuration.epoch, start.live, request.force)
  const issues = await checkContent(change.deps, transaction, hashed.content)
  const stored = await storeSnapshot(db, transaction, start.configuration, { hashed, createdBy: actorName(change.actor), note: request.note, behindRollback: false })
  const changes = summarizeChanges(contentOf(start.live), hashed.content)
  await audit(transaction, change, start, stored.revision, { sha256: stored.sha256, note: request.note, force: request.force, changes })
  return { ...stored, unchanged: false, issues }
}

/** The draft is what is live, so it is behind nothing. */
async function keepLive(transaction: Transaction, change: Change, start: PublishStart): Promise<Outcome> {
  if (start.live === null) throw new Error('nothing is live')
  if (start.configuration.behindRollback) {
    await change.deps.db.configuration.update({ behindRollback: false }, { where: { id: 1 }, transaction })
    await audit(transaction, change, start, start.live.revision, { unchanged: true, behindRollback: false })
  }
  return { ...desiredOf(start.live), unchanged: true, issues: [], nodes: [] }
}

async function audit(transaction: Transaction, change: Change, { live }: PublishStart, revision: number, after: object): Promise<void> {
  await appendAudit(change.deps.db, transaction, {
    actor: actorName(change.actor),
    action: 'config.publish',
    kind: 'snapshots',
    resourceId: String(revision),
    requestId: change.requestId,
    before: live === null ? undefined : { revision: live.revision, sha256: live.sha256 },
    after: { revision, ...after }
  })
}
