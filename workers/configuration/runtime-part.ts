import type { RankedRoute } from '../../shared/routing/ranked-route.ts'
import type { Provider } from '../../shared/schema/provider.ts'
import type { Listener } from '../../shared/schema/listener.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'
import type { Upstream } from '../../shared/schema/upstream.ts'

/** An upstream with the rows it has in the shared tables. Rows are -1 where the node has no room. */
export interface PlacedUpstream {
  value: Identified<Upstream>
  /** Place in the snapshot's list, for issues. */
  at: number
  row: number
  /** By target. */
  targetRows: number[]
}

export interface PlacedListener {
  value: Identified<Listener>
  row: number
}

/** A piece of what is new in a configuration, small enough that a thread takes it in between two requests. Plain data. */
export interface RuntimePart {
  upstreams?: PlacedUpstream[]
  removedUpstreams?: string[]
  routes?: RankedRoute[]
  removedRoutes?: string[]
  /** All of them. */
  listeners?: PlacedListener[]
  /** All of them. */
  providers?: Provider[]
}
