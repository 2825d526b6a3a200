import type { Transaction } from 'sequelize'
import type { HoldRow } from '../../../db/models/guarded-publishing.ts'
import { decodeContent } from '../../../shared/snapshot/decode-snapshot.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { emitEvent, type EventDeps } from '../../events/emit-event.ts'
import { recordEvent } from '../../events/record-event.ts'
import type { GatewayEvent } from '../../../shared/schema/event.ts'
import { AppError } from '../../http/app-error.ts'
import { inRepeatableRead } from '../../in-transaction.ts'
import { announceConfig } from '../announce.ts'
import { assembleDraft } from '../assemble-draft.ts'
import { beginPublish, type PublishStart } from '../begin-publish.ts'
import { hashContent } from '../content-hash.ts'
import { desiredOf, findSnapshot } from '../live.ts'
import { setDesired, storeSnapshot } from '../store-snapshot.ts'
import { findOpenHold, isCanary, isUnconfirmed } from './open-hold.ts'

/** Who decides, and why. */
export interface Decision {
  by: string
  requestId: string
  reason: string
}

type Step = (hold: HoldRow, transaction: Transaction, start: PublishStart) => Promise<GatewayEvent>

/** Every node gets the revision of the canary. @throws AppError no_hold, publish_in_progress */
export async function promoteCanary(deps: EventDeps, revision: number, decision: Decision): Promise<void> {
  await decide(deps, revision, async (hold, transaction, { live }) => {
    if (!isCanary(hold) || live === null) throw noHold('No canary is held.')
    const now = new Date()
    await setDesired(deps.db, transaction, desiredOf(live), null, now)
    await hold.update({ promotedAt: now, ...(isUnconfirmed(hold) ? {} : { outcome: 'kept', outcomeAt: now, outcomeBy: decision.by, reason: decision.reason }) }, { transaction })
    await audit(deps, transaction, 'config.canary_promote', hold, decision)
    return { kind: 'canary_promoted', at: now.toISOString(), data: { revision, by: decision.by, reason: decision.reason } }
  })
}

/** A person vouches for the revision. @throws AppError no_hold, also when it is too late, publish_in_progress */
export async function confirmPublish(deps: EventDeps, revision: number, decision: Decision): Promise<void> {
  await decide(deps, revision, async (hold, transaction) => {
    const now = new Date()
    if (!isUnconfirmed(hold)) throw noHold(`Revision ${revision} waits for no confirmation.`)
    if (hold.confirmUntil !== null && hold.confirmUntil < now) throw noHold(`The time to confirm revision ${revision} was over at ${hold.confirmUntil.toISOString()}; it is being rolled back.`)
    await hold.update({ confirmedBy: decision.by, ...(isCanary(hold) ? {} : { outcome: 'kept', outcomeAt: now, outcomeBy: decision.by, reason: decision.reason }) }, { transaction })
    await audit(deps, transaction, 'config.confirm', hold, decision)
    return { kind: 'confirmed', at: now.toISOString(), data: { revision, by: decision.by } }
  })
}

/**
 * Publishes the content before as a new revision for every node. It is not checked as a publish of today would be: the
 * nodes served it a moment ago. The draft stays as it is.
 * @throws AppError no_hold, publish_in_progress
 */
export async function restoreBefore(deps: EventDeps, revision: number, because: 'canary' | 'unconfirmed', decision: Decision): Promise<void> {
  await decide(deps, revision, async (hold, transaction, { configuration }) => {
    const decoded = decodeContent(JSON.parse((await findSnapshot(deps.db, hold.restores, transaction)).content))
    if (!decoded.ok) throw new AppError('config_invalid', { issues: decoded.issues })
    const hashed = hashContent(decoded.value)
    const draft = await assembleDraft(deps.db, transaction)
    const behindRollback = !draft.ok || hashContent(draft.value).sha256 !== hashed.sha256
    const note = `${because === 'canary' ? 'Canary' : 'Unconfirmed revision'} ${revision} rolled back: ${decision.reason}`.slice(0, 2000)
    const stored = await storeSnapshot(deps.db, transaction, configuration, { hashed, createdBy: decision.by, note, behindRollback, nodes: null })
    const now = new Date()
    await hold.update({ outcome: 'rolled_back', outcomeAt: now, outcomeBy: decision.by, reason: decision.reason, restored: stored.revision }, { transaction })
    await audit(deps, transaction, because === 'canary' ? 'config.canary_roll_back' : 'config.unconfirmed_roll_back', hold, decision)
    const { reason } = decision
    if (because === 'canary') return { kind: 'canary_rolled_back', at: now.toISOString(), data: { revision, restored: stored.revision, by: decision.by, reason } }
    return { kind: 'unconfirmed_rolled_back', at: now.toISOString(), data: { revision, restored: stored.revision, reason } }
  })
}

/** One decision at a time: whoever comes second finds that nothing is held any more. */
async function decide(deps: EventDeps, revision: number, step: Step): Promise<void> {
  const { event, live } = await inRepeatableRead(deps.db, async (transaction, attempt) => {
    const start = await beginPublish(deps.db, transaction, attempt)
    const { epoch } = start.configuration
    const hold = await findOpenHold(deps.db, epoch, transaction)
    if (hold === null || hold.revision !== revision) throw noHold(`Revision ${revision} is not held.`)
    return { event: await recordEvent(deps.db, await step(hold, transaction, start), transaction), live: { epoch, revision } }
  })
  void emitEvent(deps, event)
  // Whatever became of it, nodes may have to ask.
  await announceConfig(deps, live)
}

async function audit({ db }: EventDeps, transaction: Transaction, action: string, hold: HoldRow, { by, requestId, reason }: Decision): Promise<void> {
  const { revision, restores, restored } = hold
  await appendAudit(db, transaction, { actor: by, action, kind: 'snapshots', resourceId: String(revision), requestId, before: { revision, restores }, after: { reason, restored: restored ?? undefined } })
}

function noHold(message: string): AppError {
  return new AppError('no_hold', { message })
}
