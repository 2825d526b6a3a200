import type { TargetOverride } from '../../shared/schema/operational-state.ts'
import { type Slots, targetKey } from '../state/node-slots.ts'
import type { SharedMemory } from '../state/shared-memory.ts'
import { Signals } from '../state/signals.ts'
import { TargetRow, TICK_MS } from '../state/target-row.ts'

/** The longest that a timer can wait. */
const LONGEST_MS = 2_147_483_647

/**
 * Writes what people said about targets into the table that all threads read. Kept by the worker process. What is over is
 * taken back by its clock, so that no control plane is needed for that.
 */
export class OperatedTargets {
  readonly #memory: SharedMemory
  readonly #signals: Signals
  #overrides: readonly TargetOverride[] = []
  #rows: ReadonlyMap<string, number> = new Map()
  #written = new Set<number>()
  #timer: NodeJS.Timeout | undefined

  constructor(memory: SharedMemory) {
    this.#memory = memory
    this.#signals = new Signals(memory.signals)
  }

  /** The node serves another configuration. */
  serve(slots: Slots): void {
    this.#rows = slots.targets
    this.#write()
  }

  /** These hold from now on, and no others. */
  operate(overrides: readonly TargetOverride[]): void {
    this.#overrides = overrides
    this.#write()
  }

  #write(): void {
    clearTimeout(this.#timer)
    const now = Date.now()
    const outs = new Set<number>()
    const weights = new Map<number, number>()
    let nextEnd = Infinity
    for (const override of this.#overrides) {
      const end = override.until === null ? Infinity : Date.parse(override.until)
      const row = this.#rows.get(targetKey(override.upstreamId, override.targetId))
      if (end <= now || row === undefined) continue
      nextEnd = Math.min(nextEnd, end)
      if (override.kind === 'ejected') outs.add(row)
      else weights.set(row, override.weight)
    }
    for (const row of new Set([...this.#written, ...outs, ...weights.keys()])) this.#set(row, outs.has(row), weights.get(row) ?? 0)
    this.#written = new Set([...outs, ...weights.keys()])
    this.#signals.healthChanged()
    if (nextEnd !== Infinity) this.#timer = setTimeout(() => this.#write(), Math.min(nextEnd - now, LONGEST_MS)).unref()
  }

  #set(number: number, isTakenOut: boolean, weight: number): void {
    const row = new TargetRow(this.#memory.targets, this.#memory.threads, 0, number)
    // One that is put back begins as one that comes back by itself.
    if (row.isTakenOut && !isTakenOut) row.returnedAt = Math.ceil(Number(process.hrtime.bigint() - this.#memory.clockStart) / 1e6 / TICK_MS)
    row.isTakenOut = isTakenOut
    row.weightOverride = weight
  }
}
