import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { TargetOverrideRow } from '../../db/models/target-overrides.ts'
import { MOST_OVERRIDES } from '../../shared/schema/operational-state.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { announceOperation } from '../publishing/announce.ts'
import { emitEvent } from '../events/emit-event.ts'
import type { Change } from '../resources/write-resource.ts'
import { presentOverride } from './present-override.ts'

/** Which target is meant. */
export interface TargetPlace {
  upstreamId: string
  targetId: string
}

/** What is said about it. `tenantCode` is that of its upstream; `weight` is null for taking it out. */
export interface Override {
  tenantCode: string | undefined
  kind: TargetOverrideRow['kind']
  weight: number | null
  expiresAt: Date | null
  reason: string
}

/** Says something about a target, in place of what was said before; nodes act on it at once. @throws AppError conflict when there are too many */
export async function overrideTarget(change: Change, place: TargetPlace, { tenantCode, ...wanted }: Override): Promise<TargetOverrideRow> {
  const { db } = change.deps
  const action = wanted.kind === 'ejected' ? 'targets.eject' : 'targets.weight'
  const stored = await inTransaction(db, async (transaction) => {
    const before = await db.targetOverrides.findOne({ where: { ...place, kind: wanted.kind }, transaction, lock: transaction.LOCK.UPDATE })
    if (before === null) await checkRoom(db, transaction)
    const [row] = await db.targetOverrides.upsert({ ...place, ...wanted, createdBy: actorName(change.actor), createdAt: new Date() }, { transaction })
    await audit(change, transaction, action, place, before ?? undefined, row)
    return row
  })
  await announceOperation(change.deps)
  const { expiresAt, by, reason } = presentOverride(stored)
  const said = { at: new Date().toISOString(), ...(tenantCode === undefined ? {} : { tenantCode }) }
  if (wanted.weight === null) void emitEvent(change.deps, { kind: 'target_ejected', ...said, data: { ...place, by, reason, expiresAt } })
  else void emitEvent(change.deps, { kind: 'target_weighted', ...said, data: { ...place, weight: wanted.weight, by, reason, expiresAt } })
  return stored
}

/** Takes back what was said about a target: one kind of it, or everything. @returns how much that was. */
export async function restoreTarget(change: Change, place: TargetPlace, kinds: readonly TargetOverrideRow['kind'][], tenantCode: string | undefined): Promise<number> {
  const { db } = change.deps
  const removed = await inTransaction(db, async (transaction) => {
    const rows = await db.targetOverrides.findAll({ where: { ...place, kind: [...kinds] }, transaction, lock: transaction.LOCK.UPDATE })
    for (const row of rows) {
      await row.destroy({ transaction })
      await audit(change, transaction, 'targets.restore', place, row, undefined)
    }
    return rows.length
  })
  if (removed === 0) return 0
  await announceOperation(change.deps)
  void emitEvent(change.deps, { kind: 'target_restored', at: new Date().toISOString(), ...(tenantCode === undefined ? {} : { tenantCode }), data: { ...place, by: actorName(change.actor) } })
  return removed
}

async function checkRoom(db: Database, transaction: Transaction): Promise<void> {
  if ((await db.targetOverrides.count({ transaction })) < MOST_OVERRIDES) return
  throw new AppError('conflict', { message: `There are ${MOST_OVERRIDES} overrides of targets already; restore some first, or change the upstream and publish.` })
}

async function audit({ deps: { db }, actor, requestId }: Change, transaction: Transaction, action: string, place: TargetPlace, before: TargetOverrideRow | undefined, after: TargetOverrideRow | undefined): Promise<void> {
  await appendAudit(db, transaction, {
    actor: actorName(actor),
    action,
    kind: 'targets',
    resourceId: `${place.upstreamId}/${place.targetId}`,
    requestId,
    before: before && presentOverride(before),
    after: after && presentOverride(after)
  })
}
