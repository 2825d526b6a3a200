import type { HealthCheck } from '../../shared/schema/health-check.ts'
import type { Signals } from '../state/signals.ts'
import { TICK_MS, type TargetRow } from '../state/target-row.ts'
import type { FailureWindow } from './failure-window.ts'

export type PassivePolicy = HealthCheck['passive']

/** A target whose outcomes are watched. */
export interface WatchedTarget {
  readonly row: TargetRow
  readonly window: FailureWindow
}

/** Samples of a window. */
const SAMPLES = 10

/**
 * Takes targets out on which real requests fail (YARP TransportFailureRateHealthPolicy.cs, and failures in a row). Counts
 * are those of the whole node; whichever thread sees the deciding failure takes the target out for all.
 */
export class PassiveHealth<T extends WatchedTarget> {
  readonly #policy: PassivePolicy
  readonly #targets: readonly T[]
  readonly #signals: Signals
  readonly #onEjected: (target: T, reason: string) => void
  #sampleAt = 0

  constructor(policy: PassivePolicy, targets: readonly T[], signals: Signals, onEjected: (target: T, reason: string) => void) {
    this.#policy = policy
    this.#targets = targets
    this.#signals = signals
    this.#onEjected = onEjected
  }

  /** An attempt was answered with this status. */
  answered(target: T, status: number, now: number): void {
    if (status >= 500 && this.#policy.count5xx) this.failed(target, `status ${status}`, now)
    else target.row.countSuccess()
  }

  /** An attempt failed for a reason that lies with the target. */
  failed(target: T, cause: string, now: number): void {
    if (!this.#policy.enabled) return
    const inARow = target.row.countFailure()
    const reason = this.#reason(target, inARow, cause, now)
    if (reason === null || !this.#mayEject()) return
    const tick = Math.ceil(now / TICK_MS)
    if (!target.row.eject(tick, tick + Math.ceil((this.#policy.reactivationSeconds * 1000) / TICK_MS))) return
    // Two threads may have taken out one each at the same time.
    if (this.#ejected() > this.#most) {
      target.row.readmit(0)
      return
    }
    this.#signals.healthChanged()
    this.#onEjected(target, reason)
  }

  /** Notes the counts when it is time; called by the thread's clock. */
  sweep(now: number): void {
    const { policy } = this.#policy
    if (policy.policy !== 'TransportFailureRate' || now < this.#sampleAt) return
    this.#sampleAt = now + (policy.windowSeconds * 1000) / SAMPLES
    for (const { row, window } of this.#targets) window.sample(now, row.succeeded, row.failed)
  }

  #reason(target: T, inARow: number, cause: string, now: number): string | null {
    const { policy } = this.#policy
    if (policy.policy === 'ConsecutiveFailures') return inARow >= policy.failures ? `${inARow} failures in a row, the last one: ${cause}` : null
    const { row } = target
    const windowMs = policy.windowSeconds * 1000
    const before = target.window.at(now - windowMs)
    let failed = (row.failed - before.failed) | 0
    let succeeded = (row.succeeded - before.succeeded) | 0
    if (row.ejectedAt !== 0 && row.ejectedAt * TICK_MS > now - windowMs) {
      failed = (row.failed - row.failedBefore) | 0
      succeeded = (row.succeeded - row.succeededBefore) | 0
    }
    const total = failed + succeeded
    if (total < policy.minRequests || failed < total * policy.rate) return null
    return `${failed} of ${total} requests failed within ${policy.windowSeconds} s, the last one: ${cause}`
  }

  /** Most targets that may be out at once. */
  get #most(): number {
    return Math.floor((this.#targets.length * this.#policy.maxEjectedPercent) / 100)
  }

  #mayEject(): boolean {
    return this.#ejected() < this.#most
  }

  #ejected(): number {
    let count = 0
    for (const { row } of this.#targets) if (row.ejectedUntil !== 0) count++
    return count
  }
}
