import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { SnapshotRow } from '../../db/models/publishing.ts'
import { AppError } from '../http/app-error.ts'
import type { PublishStart } from './begin-publish.ts'
import { latestEdits } from './latest-edits.ts'
import { contentOf } from './live.ts'
import type { PublishRequest } from './publish-request.ts'
import { summarizeChanges } from './summarize-changes.ts'

/**
 * Compares what is live with what the person looked at; who is kept within tenants is not told what others changed.
 * @throws AppError revision_mismatch with what was published in between
 */
export async function checkExpectedRevision(db: Database, transaction: Transaction, { configuration, live }: PublishStart, request: PublishRequest, tenants: readonly string[] | null): Promise<void> {
  if (configuration.liveRevision !== request.expectedRevision && !request.force) {
    const { epoch } = configuration
    const expected = await db.snapshots.findOne({ where: { epoch, revision: request.expectedRevision }, transaction })
    if (tenants !== null) throw new AppError('revision_mismatch', { message: `Revision ${configuration.liveRevision} is live; you expected ${request.expectedRevision}.`, extra: { revision: configuration.liveRevision } })
    throw new AppError('revision_mismatch', {
      message: `Revision ${configuration.liveRevision} is live${live ? `, published by ${live.createdBy}` : ''}; you expected ${request.expectedRevision}.`,
      extra: { revision: configuration.liveRevision, publishedBy: live?.createdBy, changes: changesSince(expected, live, request) }
    })
  }
}

/**
 * After a rollback the draft still holds what was rolled back, until somebody says otherwise. One that is what is live holds
 * nothing of it. `draftHash`: of the whole draft; null when it has errors.
 * @throws AppError behind_rollback
 */
export function checkRollback({ configuration, live }: PublishStart, request: PublishRequest, draftHash: string | null): void {
  if (!configuration.behindRollback || request.acknowledgeRollback || draftHash === live?.sha256) return
  throw new AppError('behind_rollback', {
    message: 'The last publish was a rollback and the draft still holds what was rolled back. Discard the draft, or publish it with acknowledgeRollback: true.'
  })
}

/** Undefined when the expected revision is not known. */
function changesSince(expected: SnapshotRow | null, live: SnapshotRow | null, request: PublishRequest) {
  if (expected === null && request.expectedRevision !== 0) return undefined
  return summarizeChanges(contentOf(expected), contentOf(live))
}

/** @throws AppError draft_changed with the latest edits, newest first */
export async function checkExpectedDraft(db: Database, transaction: Transaction, draftHash: string, request: PublishRequest, tenants: readonly string[] | null): Promise<void> {
  if (draftHash === request.expectedDraftHash || request.force) return
  const edits = await latestEdits(db, transaction, tenants)
  const last = edits[0] === undefined ? '' : ` Last changed: ${edits[0].name}, by ${edits[0].updatedBy}.`
  throw new AppError('draft_changed', { message: `The draft changed since it was checked; validate it again.${last}`, extra: { draftHash, edits } })
}
