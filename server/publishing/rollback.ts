import type { Transaction } from 'sequelize'
import { decodeContent } from '../../shared/snapshot/decode-snapshot.ts'
import { recordEvent } from '../events/record-event.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { inRepeatableRead } from '../in-transaction.ts'
import type { Change } from '../resources/write-resource.ts'
import { assembleDraft } from './assemble-draft.ts'
import { beginPublish } from './begin-publish.ts'
import { checkContent } from './check-content.ts'
import { checkFleet } from './check-fleet.ts'
import { hashContent } from './content-hash.ts'
import { fleetFollows } from './fleet-follows.ts'
import { refuseRollbackWhileCanary } from './holds/refuse-while-held.ts'
import { desiredOf, findSnapshot } from './live.ts'
import type { Outcome, Published } from './publish-request.ts'
import { tellPublished } from './publish.ts'
import { storeSnapshot } from './store-snapshot.ts'

/**
 * Publishes the content of an old revision as a new one. It is decoded and validated as of today; the draft stays as it
 * is and is marked as behind.
 * @throws AppError not_found, config_invalid with every issue, publish_in_progress, canary_in_progress, database_behind_fleet
 */
export async function rollback(change: Change, revision: number, note: string): Promise<Published> {
  const published = await inRepeatableRead(change.deps.db, (transaction, attempt) => rollbackIn(transaction, attempt, change, revision, note))
  return tellPublished(change, published)
}

async function rollbackIn(transaction: Transaction, attempt: number, change: Change, revision: number, note: string): Promise<Outcome> {
  const { db } = change.deps
  const { configuration, live } = await beginPublish(db, transaction, attempt)
  const unconfirmed = await refuseRollbackWhileCanary(db, transaction, configuration.epoch)
  const old = await findSnapshot(db, revision, transaction)
  const decoded = decodeContent(JSON.parse(old.content))
  if (!decoded.ok) throw new AppError('config_invalid', { issues: decoded.issues })
  const hashed = hashContent(decoded.value)
  if (live !== null && live.sha256 === hashed.sha256 && await fleetFollows(db, transaction, configuration.epoch)) return { ...desiredOf(live), unchanged: true, issues: [], nodes: [] }
  await checkFleet(db, transaction, configuration.epoch, live, false)
  const issues = await checkContent(change.deps, transaction, hashed.content)
  const draft = await assembleDraft(db, transaction)
  const behindRollback = !draft.ok || hashContent(draft.value).sha256 !== hashed.sha256
  const by = actorName(change.actor)
  // Who rolls back decides for the clock.
  await unconfirmed?.update({ outcome: 'superseded', outcomeAt: new Date(), outcomeBy: by, reason: 'a person rolled back' }, { transaction })
  const stored = await storeSnapshot(db, transaction, configuration, { hashed, createdBy: by, note, behindRollback, nodes: null })
  await appendAudit(db, transaction, {
    actor: by,
    action: 'config.rollback',
    kind: 'snapshots',
    resourceId: String(stored.revision),
    requestId: change.requestId,
    before: live === null ? undefined : { revision: live.revision, sha256: live.sha256 },
    after: { revision: stored.revision, sha256: stored.sha256, note, contentOf: revision }
  })
  const { epoch, sha256 } = stored
  const told = await recordEvent(db, { kind: 'rollback', at: new Date().toISOString(), data: { epoch, revision: stored.revision, sha256, contentOf: revision, by, note } }, transaction)
  return { ...stored, unchanged: false, issues, told: [told] }
}
