import type { Transaction } from 'sequelize'
import type { SnapshotRow } from '../../db/models/publishing.ts'
import type { Issue } from '../../shared/schema/issue.ts'
import { diffContent } from '../../shared/snapshot/diff.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { inRepeatableRead } from '../in-transaction.ts'
import type { Change } from '../resources/write-resource.ts'
import { announceConfig } from './announce.ts'
import { assembleDraft } from './assemble-draft.ts'
import { beginPublish } from './begin-publish.ts'
import { checkContent } from './check-content.ts'
import { checkFleet } from './check-fleet.ts'
import { hashContent } from './content-hash.ts'
import { contentOf } from './live.ts'
import type { LockedConfiguration } from './lock-configuration.ts'
import { storeSnapshot } from './store-snapshot.ts'

export interface PublishRequest {
  /** The live revision the person looked at; 0 before the first publish. */
  expectedRevision: number
  /** The draft that was validated. */
  expectedDraftHash: string
  note: string
  acknowledgeRollback: boolean
  /** Publish although the draft or the revision moved on, or nodes are too old; noted in the audit. */
  force: boolean
}

export interface Published {
  epoch: string
  revision: number
  sha256: string
  unchanged: boolean
  issues: Issue[]
  nodes: string[]
  /** Whether the nodes were nudged; else they poll. */
  announced: boolean
}

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

async function publishIn(transaction: Transaction, attempt: number, change: Change, request: PublishRequest): Promise<Omit<Published, 'announced'>> {
  const { db } = change.deps
  const { configuration, live } = await beginPublish(db, transaction, attempt)
  checkExpectedRevision(configuration, live, request)
  const draft = await assembleDraft(db, transaction)
  if (!draft.ok) throw new AppError('config_invalid', { issues: draft.issues })
  const hashed = hashContent(draft.value)
  if (hashed.sha256 !== request.expectedDraftHash && !request.force) {
    throw new AppError('draft_changed', { message: 'The draft changed since it was checked; validate it again.', extra: { draftHash: hashed.sha256 } })
  }
  if (live !== null && live.sha256 === hashed.sha256) {
    await db.configuration.update({ behindRollback: false }, { where: { id: 1 }, transaction })
    return { epoch: live.epoch, revision: live.revision, sha256: live.sha256, unchanged: true, issues: [], nodes: [] }
  }
  await checkFleet(db, transaction, configuration.epoch, live, request.force)
  const issues = checkContent(hashed.content)
  const by = actorName(change.actor)
  const stored = await storeSnapshot(db, transaction, configuration, { hashed, createdBy: by, note: request.note, behindRollback: false })
  const changes = diffContent(contentOf(live), hashed.content).map(({ kind, id, name, change: what }) => ({ kind, id, name, change: what }))
  await appendAudit(db, transaction, {
    actor: by,
    action: 'config.publish',
    kind: 'snapshots',
    resourceId: String(stored.revision),
    requestId: change.requestId,
    before: live === null ? undefined : { revision: live.revision, sha256: live.sha256 },
    after: { revision: stored.revision, sha256: stored.sha256, note: request.note, force: request.force, changes: changes.slice(0, 1000) }
  })
  return { ...stored, unchanged: false, issues }
}

function checkExpectedRevision(configuration: LockedConfiguration, live: SnapshotRow | null, request: PublishRequest): void {
  if (configuration.liveRevision !== request.expectedRevision && !request.force) {
    throw new AppError('revision_mismatch', {
      message: `Revision ${configuration.liveRevision} is live${live ? `, published by ${live.createdBy}` : ''}; you expected ${request.expectedRevision}.`,
      extra: { revision: configuration.liveRevision }
    })
  }
  if (configuration.behindRollback && !request.acknowledgeRollback) {
    throw new AppError('behind_rollback', {
      message: 'The last publish was a rollback and the draft still holds what was rolled back. Discard the draft, or publish it with acknowledgeRollback: true.'
    })
  }
}
