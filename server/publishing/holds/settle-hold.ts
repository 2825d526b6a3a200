import { QueryTypes } from 'sequelize'
import type { HoldRow } from '../../../db/models/guarded-publishing.ts'
import type { EventDeps } from '../../events/emit-event.ts'
import { AppError } from '../../http/app-error.ts'
import { type CanaryNode, canaryNodes } from './canary-nodes.ts'
import { promoteCanary, restoreBefore } from './end-hold.ts'
import { isAway, judgeCanary } from './judge-canary.ts'
import { findOpenHold, isCanary, isUnconfirmed } from './open-hold.ts'

/** Named in the audit as who decided. */
const BY = 'control-jobs'

export type Settled = 'nothing held' | 'held' | 'promoted' | 'rolled back'

/**
 * Looks at the publish that is held, if there is one, and decides when it is time. Everything that is known about it is in
 * Postgres, and a decision is one transaction, so any number of processes may do this at the same time, and die doing it.
 */
export async function settleHold(deps: EventDeps, now: Date): Promise<Settled> {
  const configuration = await deps.db.configuration.findByPk(1)
  const hold = configuration && (await findOpenHold(deps.db, configuration.epoch))
  if (hold === null) return 'nothing held'
  try {
    if (isUnconfirmed(hold) && hold.confirmUntil !== null && hold.confirmUntil < now) {
      await restoreBefore(deps, hold.revision, 'unconfirmed', { by: BY, requestId: '', reason: `not confirmed until ${hold.confirmUntil.toISOString()}` })
      return 'rolled back'
    }
    return isCanary(hold) ? await settleCanary(deps, hold, now) : 'held'
  } catch (error) {
    // Somebody else is at it, or was first; the next look shows what came of it.
    if (error instanceof AppError && (error.code === 'publish_in_progress' || error.code === 'no_hold')) return 'held'
    throw error
  }
}

async function settleCanary(deps: EventDeps, hold: HoldRow, now: Date): Promise<Settled> {
  const nodes = await canaryNodes(deps.db, hold)
  await noteWhatIsNew(deps, hold, nodes, now)
  const verdict = judgeCanary(hold, nodes, now)
  if (verdict.kind === 'wait') return 'held'
  const decision = { by: BY, requestId: '', reason: verdict.reason }
  if (verdict.kind === 'promote') await promoteCanary(deps, hold.revision, decision)
  else await restoreBefore(deps, hold.revision, 'canary', decision)
  return verdict.kind === 'promote' ? 'promoted' : 'rolled back'
}

/** Writes down when nodes begin to serve it or go away, and when the hold begins. Each of it happens once. */
async function noteWhatIsNew({ db }: EventDeps, hold: HoldRow, nodes: CanaryNode[], now: Date): Promise<void> {
  const { epoch, revision, canary } = hold
  const [others] = await db.sequelize.query<{ at: Date | null }>('SELECT max(last_heartbeat_at) AS at FROM nodes WHERE id <> ALL($1)', { bind: [nodes.map(({ nodeId }) => nodeId)], type: QueryTypes.SELECT })
  for (const node of nodes) {
    const { nodeId } = node
    if (node.serves && !node.isMeasured) {
      await db.canaryNodes.update({ since: node.counts }, { where: { epoch, revision, nodeId, since: null } })
      node.isMeasured = true
    }
    const away = isAway(node, others?.at ?? null, now)
    if (away === (node.awaySince !== null)) continue
    node.awaySince = away ? now : null
    await db.canaryNodes.update({ awaySince: node.awaySince }, { where: { epoch, revision, nodeId } })
  }
  if (hold.holdUntil !== null || canary === null || !nodes.every(({ isMeasured }) => isMeasured)) return
  hold.holdUntil = new Date(now.getTime() + canary.holdSeconds * 1000)
  await db.holds.update({ holdUntil: hold.holdUntil }, { where: { epoch, revision, outcome: null, holdUntil: null } })
}
