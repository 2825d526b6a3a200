import type { Signals } from '../state/signals.ts'
import { TICK_MS, type TargetRow } from '../state/target-row.ts'

/** Something that can be taken out and let back in. */
export interface Ejectable {
  readonly row: TargetRow
}

/**
 * The targets of an upstream that requests may go to: those that nobody took out, and that neither real requests nor probes say
 * are not well. Found anew only when the health of any target of the node changed or an ejection is over, so that a request
 * looks at one number.
 */
export class AvailableTargets<T extends Ejectable> {
  readonly #all: readonly T[]
  readonly #panics: boolean
  readonly #signals: Signals
  readonly #onReadmitted: (target: T) => void
  #list: readonly T[]
  #epoch = -1
  #recheckAt = Infinity
  /** Every target that no person took out is not well. */
  isPanicking = false

  /** `panics`: use all targets that no person took out when none is available (YARP HealthyOrPanicDestinationsPolicy.cs); else none. */
  constructor(all: readonly T[], panics: boolean, signals: Signals, onReadmitted: (target: T) => void) {
    this.#all = all
    this.#list = all
    this.#panics = panics
    this.#signals = signals
    this.#onReadmitted = onReadmitted
  }

  /** At `now`, in milliseconds of the node's clock. */
  list(now: number): readonly T[] {
    if (this.#signals.healthEpoch !== this.#epoch || now >= this.#recheckAt) this.#find(now)
    return this.#list
  }

  /** How many are out. */
  get ejected(): number {
    let count = 0
    for (const { row } of this.#all) if (row.ejectedUntil !== 0) count++
    return count
  }

  #find(now: number): void {
    const tick = Math.floor(now / TICK_MS)
    const available: T[] = []
    let recheckAt = Infinity
    const usable = this.#all.filter(({ row }) => !row.isTakenOut)
    for (const target of usable) {
      const unhealthyUntil = target.row.unhealthyUntil
      if (unhealthyUntil > tick) {
        recheckAt = Math.min(recheckAt, unhealthyUntil * TICK_MS)
        continue
      }
      const until = target.row.ejectedUntil
      if (until === 0) available.push(target)
      else if (until > tick) recheckAt = Math.min(recheckAt, until * TICK_MS)
      else {
        available.push(target)
        if (!target.row.readmit(tick)) continue
        this.#signals.healthChanged()
        this.#onReadmitted(target)
      }
    }
    this.isPanicking = available.length === 0 && usable.length > 0
    this.#list = this.isPanicking && this.#panics ? usable : available
    this.#recheckAt = recheckAt
    this.#epoch = this.#signals.healthEpoch
  }
}
