import type { Ack, Desired } from '../../shared/schema/node-api.ts'

/** A node that is silent for longer is not known about; nodes report every 2 s. Shorter than 5 s, so that it is told within these. */
export const UNKNOWN_MS = 4_500

/** What a node is doing about what it should serve. */
export const NODE_STATES = ['in_sync', 'behind', 'refused', 'unknown', 'drift', 'ahead'] as const
export type NodeState = (typeof NODE_STATES)[number]

/** What is known of a node. */
export interface NodeFacts {
  lastHeartbeatAt: Date | null
  serving: Desired | null
  desired: Desired | null
  /** Of what it should serve. */
  result: Ack['result'] | null
  driftSince: Date | null
}

/** The one word for a node; what is worse comes first. `live` is the newest revision that was published here. */
export function nodeState({ lastHeartbeatAt, serving, desired, result, driftSince }: NodeFacts, live: { epoch: string; revision: number }, now: Date): NodeState {
  if (lastHeartbeatAt === null || now.getTime() - lastHeartbeatAt.getTime() > UNKNOWN_MS) return 'unknown'
  if (driftSince !== null) return 'drift'
  if (serving !== null && serving.epoch === live.epoch && serving.revision > live.revision) return 'ahead'
  if (desired === null || isSame(serving, desired)) return 'in_sync'
  return result === 'refused' ? 'refused' : 'behind'
}

function isSame(serving: Desired | null, desired: Desired): boolean {
  return serving !== null && serving.epoch === desired.epoch && serving.revision === desired.revision && serving.sha256 === desired.sha256
}
