import type { RankedRoute } from '../../shared/routing/ranked-route.ts'
import type { Provider } from '../../shared/schema/provider.ts'
import type { Policy } from '../../shared/schema/policy.ts'
import type { Listener } from '../../shared/schema/listener.ts'
import type { OnRemove } from '../../shared/schema/route.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'
import type { TlsPolicy } from '../../shared/schema/tls-policy.ts'
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
  /** Its TLS policy; null for http. */
  tlsPolicy: Identified<TlsPolicy> | null
  row: number
}

export interface DisabledRoute {
  id: string
  onRemove: OnRemove
}

/** A piece of what is new in a configuration, small enough that a thread takes it in between two requests. Plain data. */
export interface RuntimePart {
  upstreams?: PlacedUpstream[]
  removedUpstreams?: string[]
  policies?: Identified<Policy>[]
  removedPolicies?: string[]
  routes?: RankedRoute[]
  removedRoutes?: string[]
  /** What was promised for routes that are there, but not served. */
  disabledRoutes?: DisabledRoute[]
  /** All of them. */
  listeners?: PlacedListener[]
  /** All of them. */
  providers?: Provider[]
}
