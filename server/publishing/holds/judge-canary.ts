import type { HoldRow } from '../../../db/models/guarded-publishing.ts'
import { addServed, nothingServed } from '../../../shared/traffic/served.ts'
import { AWAY_MS, PATIENCE_MS, STAYS_AWAY_MS } from './canary-limits.ts'
import type { CanaryNode } from './canary-nodes.ts'
import { regressionOf } from './compare-served.ts'

export type Verdict = { kind: 'wait' } | { kind: 'promote' | 'roll_back'; reason: string }

type Held = Pick<HoldRow, 'canary' | 'createdAt' | 'holdUntil'>

/** What becomes of a canary that is looked at `now`. */
export function judgeCanary({ canary, createdAt, holdUntil }: Held, nodes: readonly CanaryNode[], now: Date): Verdict {
  if (canary === null) return { kind: 'wait' }
  const trouble = nodes.map((node) => troubleOf(node, now)).find((found) => found !== null)
  if (trouble !== undefined) return { kind: 'roll_back', reason: trouble }
  if (holdUntil === null) {
    const late = nodes.filter(({ serves }) => !serves)
    if (late.length === 0 || now.getTime() - createdAt.getTime() <= PATIENCE_MS) return { kind: 'wait' }
    return { kind: 'roll_back', reason: `${listed(late)} did not serve it within ${PATIENCE_MS / 1000} s` }
  }
  const before = nodes.reduce((sum, node) => addServed(sum, node.before), nothingServed())
  const served = nodes.reduce((sum, node) => addServed(sum, node.now), nothingServed())
  const regression = regressionOf(before, served, canary)
  if (regression !== null) return { kind: 'roll_back', reason: regression }
  if (now < holdUntil) return { kind: 'wait' }
  // The figures have to be of the whole hold.
  const silent = nodes.filter(({ lastHeartbeatAt }) => lastHeartbeatAt === null || lastHeartbeatAt < holdUntil)
  if (silent.length === 0) return { kind: 'promote', reason: `${canary.holdSeconds} s without regression (${served.requests} requests, ${served.errors} answers 5xx)` }
  if (now.getTime() - holdUntil.getTime() <= PATIENCE_MS) return { kind: 'wait' }
  return { kind: 'roll_back', reason: `${listed(silent)} did not say how it went` }
}

/** What is wrong with a node, whatever it serves. */
function troubleOf(node: CanaryNode, now: Date): string | null {
  if (!node.isEnrolled) return `node ${node.nodeId} was revoked`
  if (node.result === 'refused' && !node.serves) return `node ${node.nodeId} refused it`
  if (node.drifts) return `node ${node.nodeId} drifts`
  if (node.awaySince !== null && now.getTime() - node.awaySince.getTime() >= STAYS_AWAY_MS) return `node ${node.nodeId} went away`
  return null
}

/** Whether a node is silent although the control plane can hear, since others are heard of. */
export function isAway({ lastHeartbeatAt }: Pick<CanaryNode, 'lastHeartbeatAt'>, othersHeardAt: Date | null, now: Date): boolean {
  const isOlder = (moment: Date | null) => moment === null || now.getTime() - moment.getTime() > AWAY_MS
  return isOlder(lastHeartbeatAt) && othersHeardAt !== null && now.getTime() - othersHeardAt.getTime() <= STAYS_AWAY_MS / 2
}

function listed(nodes: readonly { nodeId: string }[]): string {
  return nodes.map(({ nodeId }) => nodeId).join(', ')
}
