import { UNKNOWN_MS } from './node-state.ts'

/** A node that is silent for longer is gone, as far as can be known; nodes report every 2 s. */
export const GONE_MS = 60_000

export const PRESENCES = ['online', 'unknown', 'gone'] as const
export type Presence = (typeof PRESENCES)[number]

/** Whether a node is heard of; `gone` also when it never was. */
export function presenceOf(lastHeartbeatAt: Date | null, now: Date): Presence {
  if (lastHeartbeatAt === null) return 'gone'
  const silentMs = now.getTime() - lastHeartbeatAt.getTime()
  return silentMs <= UNKNOWN_MS ? 'online' : silentMs <= GONE_MS ? 'unknown' : 'gone'
}
