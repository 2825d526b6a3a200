import { checkHash } from '../../shared/health/check-hash.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import type { HealthNews } from '../../shared/schema/target-health.ts'
import { type Slots, targetKey } from '../state/node-slots.ts'
import type { SharedMemory } from '../state/shared-memory.ts'
import { Signals } from '../state/signals.ts'
import { TargetRow, TICK_MS } from '../state/target-row.ts'
import type { TargetEvent } from '../target-event.ts'

interface Probed {
  row: TargetRow
  check: string
  upstreamName: string
  /** As the last event told. */
  isOut: boolean
}

/**
 * Writes what probes found into the table that all threads read. Kept by the worker process: threads learn of it by one
 * number. What was heard before a configuration came counts as soon as that is served.
 */
export class ProbedTargets {
  readonly #memory: SharedMemory
  readonly #signals: Signals
  readonly #onEvent: (event: TargetEvent) => void
  #probed = new Map<string, Probed>()
  readonly #heard = new Map<string, HealthNews>()

  constructor(memory: SharedMemory, onEvent: (event: TargetEvent) => void) {
    this.#memory = memory
    this.#signals = new Signals(memory.signals)
    this.#onEvent = onEvent
  }

  /** The node serves another configuration. */
  serve({ upstreams }: SnapshotContent, slots: Slots): void {
    const before = this.#probed
    this.#probed = new Map()
    for (const upstream of upstreams) {
      const isProbed = upstream.enabled && upstream.healthCheck.active.enabled
      for (const target of upstream.targets) {
        const key = targetKey(upstream.id, target.id)
        const slot = slots.targets.get(key)
        if (slot === undefined || (!isProbed && !before.has(key))) continue
        const row = new TargetRow(this.#memory.targets, this.#memory.threads, 0, slot)
        const check = checkHash(upstream, target)
        const known = before.get(key)
        // What was found about another address, or by another check, says nothing any more.
        if (known !== undefined && (!isProbed || known.check !== check)) row.forgetProbe()
        if (isProbed) this.#probed.set(key, { row, check, upstreamName: upstream.name, isOut: known?.check === check && known.isOut })
      }
    }
    for (const [key, news] of this.#heard) {
      if (this.#probed.has(key)) this.#apply(key, news)
      else this.#heard.delete(key)
    }
    this.#signals.healthChanged()
  }

  hear(news: readonly HealthNews[]): void {
    for (const one of news) {
      const key = targetKey(one.upstreamId, one.targetId)
      this.#heard.set(key, one)
      this.#apply(key, one)
    }
  }

  #apply(key: string, { check, state, at, validMs, reason, targetId, upstreamId }: HealthNews): void {
    const probed = this.#probed.get(key)
    const remainingMs = at + validMs - Date.now()
    if (probed === undefined || probed.check !== check || remainingMs <= 0) return
    const nodeNow = Number(process.hrtime.bigint() - this.#memory.clockStart) / 1e6
    const wasOut = probed.row.isUnhealthy(Math.floor(nodeNow / TICK_MS))
    const isOut = state === 'unhealthy'
    probed.row.setProbe(isOut, Math.ceil((nodeNow + remainingMs) / TICK_MS))
    if (wasOut && !isOut) probed.row.returnedAt = Math.ceil(nodeNow / TICK_MS)
    if (wasOut !== isOut) this.#signals.healthChanged()
    if (probed.isOut === isOut) return
    probed.isOut = isOut
    this.#onEvent({ kind: isOut ? 'target_unhealthy' : 'target_healthy', at: new Date().toISOString(), upstreamId, upstreamName: probed.upstreamName, targetId, reason })
  }
}
