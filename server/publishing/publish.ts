import type { Transaction } from 'sequelize'
import type { PublishOptions } from '../../shared/schema/publish.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName, tenantsOf } from '../auth/actor.ts'
import { emitEvent } from '../events/emit-event.ts'
import { AppError } from '../http/app-error.ts'
import { inRepeatableRead } from '../in-transaction.ts'
import type { Change } from '../resources/write-resource.ts'
import { announceConfig } from './announce.ts'
import { beginPublish, type PublishStart } from './begin-publish.ts'
import { checkExpectedDraft, checkExpectedRevision, checkRollback } from './check-expectations.ts'
import { hashContent } from './content-hash.ts'
import { fleetFollows } from './fleet-follows.ts'
import { refusePublishWhileHeld } from './holds/refuse-while-held.ts'
import { desiredOf } from './live.ts'
import { publishContent } from './publish-content.ts'
import { propose, tellProposed } from './proposals/propose.ts'
import type { Outcome, Proposed, Published, PublishRequest } from './publish-request.ts'
import { selectContent } from './select-content.ts'

/**
 * Freezes the draft, or the selected part of it, into the next snapshot and makes it desired on every node or those of
 * the canary, in one REPEATABLE READ transaction; nodes are nudged after the commit. Where a second person has to approve,
 * it becomes a proposal instead.
 * @throws AppError publish_in_progress, canary_in_progress, confirmation_pending, revision_mismatch, draft_changed,
 * behind_rollback, database_behind_fleet, schema_not_supported_by_nodes, config_invalid, outside_grant,
 * canary_not_possible
 */
export async function publish(change: Change, request: PublishRequest): Promise<Published | Proposed> {
  const outcome = await inRepeatableRead(change.deps.db, (transaction, attempt) => publishIn(transaction, attempt, change, request))
  return 'proposalId' in outcome ? tellProposed(change, request.note, outcome) : tellPublished(change, outcome)
}

/** What follows the commit of a publish. */
export async function tellPublished({ deps }: Change, { told = [], ...outcome }: Outcome): Promise<Published> {
  for (const event of told) void emitEvent(deps, event)
  const { epoch, revision, unchanged } = outcome
  return { ...outcome, announced: unchanged ? false : await announceConfig(deps, { epoch, revision }) }
}

async function publishIn(transaction: Transaction, attempt: number, change: Change, request: PublishRequest): Promise<Outcome | Proposed> {
  const { db } = change.deps
  const start = await beginPublish(db, transaction, attempt)
  await refusePublishWhileHeld(db, transaction, start.configuration.epoch)
  const tenants = tenantsOf(change.actor)
  await checkExpectedRevision(db, transaction, start, request, tenants)
  const selected = await selectContent(db, transaction, start.live, { only: request.only, tenants })
  if (!selected.ok) {
    checkRollback(start, request, null)
    throw new AppError('config_invalid', { issues: selected.issues })
  }
  const hashed = hashContent(selected.value.content)
  const draftHash = selected.value.content === selected.value.draft ? hashed.sha256 : hashContent(selected.value.draft).sha256
  checkRollback(start, request, draftHash)
  await checkExpectedDraft(db, transaction, hashed.sha256, request, tenants)
  if (start.live?.sha256 === hashed.sha256 && await fleetFollows(db, transaction, start.configuration.epoch)) return keepLive(transaction, change, start, draftHash)
  const about = { only: request.only, tenants: tenants ?? undefined }
  const toPublish = { hashed, draftHash, options: optionsOf(request), tenants, about }
  return change.deps.needsApproval ? propose(transaction, change, start, toPublish) : publishContent(transaction, change, start, toPublish)
}

function optionsOf({ note, acknowledgeRollback, force, canary, confirmWithinSeconds }: PublishRequest): PublishOptions {
  return { note, acknowledgeRollback, force, ...(canary === undefined ? {} : { canary }), ...(confirmWithinSeconds === undefined ? {} : { confirmWithinSeconds }) }
}

/** Nothing would change. A draft that as a whole is what is live is behind nothing. */
async function keepLive(transaction: Transaction, change: Change, { live, configuration }: PublishStart, draftHash: string): Promise<Outcome> {
  if (live === null) throw new Error('nothing is live')
  if (configuration.behindRollback && draftHash === live.sha256) {
    await change.deps.db.configuration.update({ behindRollback: false }, { where: { id: 1 }, transaction })
    await appendAudit(change.deps.db, transaction, {
      actor: actorName(change.actor),
      action: 'config.publish',
      kind: 'snapshots',
      resourceId: String(live.revision),
      requestId: change.requestId,
      before: { revision: live.revision, sha256: live.sha256 },
      after: { revision: live.revision, unchanged: true, behindRollback: false }
    })
  }
  return { ...desiredOf(live), unchanged: true, issues: [], nodes: [] }
}
