import type { RankedRoute } from '../../shared/routing/ranked-route.ts'
import type { RouteTraffic } from './route-traffic.ts'
import type { Served } from '../../shared/traffic/served.ts'
import { clearTraffic, createTrafficTable, readResponses, readServed, readTraffic } from './traffic-table.ts'

/** The traffic of a worker process, under the names of its routes. Kept by the main thread. */
export class NodeTraffic {
  readonly table: SharedArrayBuffer
  readonly #threads: number
  #routes = new Map<number, { id: string; tenant: string; name: string }>()

  constructor(threads: number) {
    this.#threads = threads
    this.table = createTrafficTable(threads)
  }

  /** These routes are served from now on. What was counted for another route of the same index is let go. */
  routesAre(routes: ReadonlyMap<string, RankedRoute>): void {
    const next = new Map(this.#routes)
    for (const { index, route } of routes.values()) {
      const before = this.#routes.get(index)
      if (before !== undefined && before.id !== route.id) clearTraffic(this.table, this.#threads, index)
      next.set(index, { id: route.id, tenant: route.tenantCode ?? '', name: route.name })
    }
    this.#routes = next
  }

  /** All requests together. */
  served(): Served {
    return readServed(this.table, this.#threads)
  }

  /** All requests by class of status. */
  responses(): number[] {
    return readResponses(this.table, this.#threads)
  }

  read(): RouteTraffic[] {
    return readTraffic(this.table, this.#threads).map(({ slot, values }) => {
      if (slot === null) return { tenant: '', route: '(none)', values }
      const route = slot === 'other' ? undefined : this.#routes.get(slot)
      return { tenant: route?.tenant ?? '', route: route?.name ?? '(other)', values }
    })
  }
}
