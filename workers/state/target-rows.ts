import type { Snapshot } from '../../shared/schema/snapshot.ts'
import { MAX_ROWS } from './shared-counters.ts'

/** A row is not given to another target before requests to its old one have most likely ended. */
const QUARANTINE_MS = 10 * 60_000

/** The name of a target in the table of rows. */
export function targetKey(upstreamId: string, targetId: string): string {
  return `${upstreamId}/${targetId}`
}

/** Gives every target of the node its row in the shared counters. Owned by the worker process. */
export class TargetRows {
  #rows = new Map<string, number>()
  #next = 0
  readonly #freed: { row: number; at: number }[] = []
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Rows for every target of the snapshot; unchanged targets keep theirs. Targets beyond the table's size get none. */
  assign(snapshot: Snapshot): ReadonlyMap<string, number> {
    const rows = new Map<string, number>()
    const added: string[] = []
    for (const upstream of snapshot.content.upstreams) {
      for (const target of upstream.targets) {
        const key = targetKey(upstream.id, target.id)
        const row = this.#rows.get(key)
        if (row === undefined) added.push(key)
        else rows.set(key, row)
      }
    }
    const now = this.#now()
    for (const [key, row] of this.#rows) if (!rows.has(key)) this.#freed.push({ row, at: now })
    for (const key of added) {
      const row = this.#take(now)
      if (row !== null) rows.set(key, row)
    }
    this.#rows = rows
    return rows
  }

  #take(now: number): number | null {
    if (this.#next < MAX_ROWS) return this.#next++
    const oldest = this.#freed[0]
    if (oldest === undefined || now - oldest.at < QUARANTINE_MS) return null
    this.#freed.shift()
    return oldest.row
  }
}
