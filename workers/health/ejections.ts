import { targetKey } from '../state/node-slots.ts'
import type { TargetEvent } from '../target-event.ts'

/** A target that is out at the moment, and why. */
export interface Ejection {
  upstreamId: string
  upstreamName: string
  targetId: string
  reason: string
  /** ISO 8601. */
  since: string
  /** Until it is let back in. */
  remainingMs: number
}

/** More are not told to the primary; they stay out all the same. */
const MOST = 1_000

/** Why targets of the node are out. Kept by the worker process; whether they are is in the shared table. */
export class Ejections {
  readonly #known = new Map<string, TargetEvent>()
  /** Ejections so far. */
  total = 0

  hear(event: TargetEvent): void {
    const key = targetKey(event.upstreamId, event.targetId)
    if (event.kind === 'target_readmitted') {
      this.#known.delete(key)
      return
    }
    this.total++
    this.#known.set(key, event)
  }

  /** Takes over what another process knew. */
  inherit(ejection: Ejection): void {
    const { upstreamId, upstreamName, targetId, reason, since } = ejection
    this.#known.set(targetKey(upstreamId, targetId), { kind: 'target_ejected', at: since, upstreamId, upstreamName, targetId, reason })
  }

  /** `remainingMs` tells for a targetKey() how long it is out still; 0 or less: it is not, or it is gone. */
  list(remainingMs: (key: string) => number): Ejection[] {
    const ejections: Ejection[] = []
    for (const [key, { upstreamId, upstreamName, targetId, reason, at }] of this.#known) {
      const remaining = remainingMs(key)
      if (remaining <= 0) this.#known.delete(key)
      else if (ejections.length < MOST) ejections.push({ upstreamId, upstreamName, targetId, reason, since: at, remainingMs: remaining })
    }
    return ejections
  }
}
