import type { Snapshot } from '../../shared/schema/snapshot.ts'
import { clearListener, MAX_LISTENERS } from './listener-row.ts'
import type { SharedMemory } from './shared-memory.ts'
import { SlotBook } from './slot-book.ts'
import { clearTarget, MAX_TARGETS, TargetRow, TICK_MS } from './target-row.ts'
import { clearUpstream, MAX_UPSTREAMS } from './upstream-row.ts'

/** The name of a target in the tables of the node. */
export function targetKey(upstreamId: string, targetId: string): string {
  return `${upstreamId}/${targetId}`
}

/** The rows that things of a snapshot have in the shared tables. Whatever has no room is missing. */
export interface Slots {
  /** By targetKey(). */
  readonly targets: ReadonlyMap<string, number>
  readonly upstreams: ReadonlyMap<string, number>
  readonly listeners: ReadonlyMap<string, number>
}

/** Gives rows to everything that the node serves; what stays keeps its row. Kept by the worker process. */
export class NodeSlots {
  readonly #memory: SharedMemory
  readonly #targets = new SlotBook(MAX_TARGETS)
  readonly #upstreams = new SlotBook(MAX_UPSTREAMS)
  readonly #listeners = new SlotBook(MAX_LISTENERS)

  constructor(memory: SharedMemory) {
    this.#memory = memory
  }

  /** Rows for everything in the snapshot; nothing is freed. */
  assign({ content }: Snapshot): Slots {
    const { threads } = this.#memory
    const targets = new Map<string, number>()
    const upstreams = new Map<string, number>()
    const listeners = new Map<string, number>()
    for (const upstream of content.upstreams) {
      const isKnown = this.#upstreams.get(upstream.id) !== undefined
      put(upstreams, upstream.id, this.#upstreams.take(upstream.id, (row) => clearUpstream(this.#memory.upstreams, threads, row)))
      for (const target of upstream.targets) {
        const key = targetKey(upstream.id, target.id)
        const isNew = this.#targets.get(key) === undefined
        const row = this.#targets.take(key, (freed) => clearTarget(this.#memory.targets, threads, freed))
        put(targets, key, row)
        if (isKnown && isNew && row !== null) this.#startsSlowly(row)
      }
    }
    for (const { id } of content.listeners) put(listeners, id, this.#listeners.take(id, (row) => clearListener(this.#memory.listeners, threads, row)))
    return { targets, upstreams, listeners }
  }

  /** Frees the rows of everything that is not among these. */
  keepOnly(slots: Slots): void {
    this.#targets.keepOnly(new Set(slots.targets.keys()))
    this.#upstreams.keepOnly(new Set(slots.upstreams.keys()))
    this.#listeners.keepOnly(new Set(slots.listeners.keys()))
  }

  /** A target that joins others that serve already begins as one that comes back. */
  #startsSlowly(row: number): void {
    const now = Number(process.hrtime.bigint() - this.#memory.clockStart) / 1e6
    new TargetRow(this.#memory.targets, this.#memory.threads, 0, row).returnedAt = Math.ceil(now / TICK_MS)
  }
}

function put(map: Map<string, number>, key: string, slot: number | null): void {
  if (slot !== null) map.set(key, slot)
}
