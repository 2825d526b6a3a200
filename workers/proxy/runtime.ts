import type { PathTemplate } from '../../shared/routing/template/path-template.ts'
import type { IpRanges } from '../../shared/forwarding/ip-ranges.ts'
import type { CompiledRoutes } from '../../shared/routing/compiled-routes.ts'
import type { Listener } from '../../shared/schema/listener.ts'
import type { OnRemove } from '../../shared/schema/route.ts'
import type { Retry } from '../../shared/schema/retry.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'
import type { CompiledTransforms } from '../../shared/transforms/compile-transforms.ts'
import type { Affinity } from '../../shared/affinity/affinity.ts'
import type { KeyHash } from '../../shared/affinity/rendezvous.ts'
import type { Choice, PickTarget, Turn } from '../balancing/choice.ts'
import type { AvailableTargets } from '../health/available-targets.ts'
import type { Admission } from '../policies/admission.ts'
import type { RuntimePolicy } from '../policies/runtime-policy.ts'
import type { Identity } from '../identity/build-identity.ts'
import type { FailureWindow } from '../health/failure-window.ts'
import type { PassiveHealth } from '../health/passive-health.ts'
import type { ListenerRow } from '../state/listener-row.ts'
import type { TargetRow } from '../state/target-row.ts'
import type { UpstreamRow } from '../state/upstream-row.ts'
import type { TlsServer } from '../tls/tls-server.ts'
import type { OwnAnswer } from './own-answer.ts'
import type { PoolSettings, TargetPool } from '../upstreams/target-pool.ts'

/** A target as requests use it. Pool, row and window are state and outlive the Runtime. */
export class RuntimeTarget implements Choice {
  readonly id: string
  readonly pool: TargetPool
  readonly row: TargetRow
  readonly window: FailureWindow
  readonly settings: PoolSettings
  /** Host header for the target. */
  readonly hostHeader: string
  /** For session affinity. */
  readonly idHash: KeyHash
  readonly #weight: number

  constructor(parts: Pick<RuntimeTarget, 'id' | 'idHash' | 'weight' | 'pool' | 'row' | 'window' | 'settings' | 'hostHeader'>) {
    this.id = parts.id
    this.#weight = parts.weight
    this.pool = parts.pool
    this.row = parts.row
    this.window = parts.window
    this.settings = parts.settings
    this.hostHeader = parts.hostHeader
    this.idHash = parts.idHash
  }

  /** As configured, unless a person said otherwise. */
  get weight(): number {
    return this.row.weightOverride || this.#weight
  }

  get inFlight(): number {
    return this.row.inFlight
  }

  get smoothWeight(): number {
    return this.row.smoothWeight
  }

  set smoothWeight(weight: number) {
    this.row.smoothWeight = weight
  }
}

export interface RuntimeUpstream {
  readonly id: string
  readonly name: string
  /** The enabled ones. */
  readonly targets: readonly RuntimeTarget[]
  readonly available: AvailableTargets<RuntimeTarget>
  readonly health: PassiveHealth<RuntimeTarget>
  /** Null when it has none. */
  readonly affinity: Affinity | null
  readonly row: UpstreamRow
  readonly pick: PickTarget
  readonly turn: Turn
  readonly retry: Retry
  readonly connectMs: number
  readonly queueMs: number
  /** 0: none. */
  readonly slowStartMs: number
  /** 0: no limit. */
  readonly minResponseBytesPerSecond: number
  /** What all routes use that say nothing else. */
  readonly destination: RuntimeDestination
}

/** An upstream as a route uses it: what the route says goes before what the upstream says. */
export interface RuntimeDestination {
  readonly upstream: RuntimeUpstream
  /** Share against the others of a split. */
  readonly weight: number
  readonly pick: PickTarget
  readonly retry: Retry
  readonly connectMs: number
  readonly queueMs: number
}

/** Where copies of requests go. */
export interface RuntimeMirror {
  readonly destination: RuntimeDestination
  readonly percent: number
}

export interface RuntimeRoute {
  readonly id: string
  readonly name: string
  /** CompiledRoute.index. */
  readonly slot: number
  /** Null for a split, and when the route answers by itself. */
  readonly destination: RuntimeDestination | null
  /** Two or more; null when there is one or none. */
  readonly split: readonly RuntimeDestination[] | null
  readonly isSplitSticky: boolean
  /** Null when requests are not copied. */
  readonly mirror: RuntimeMirror | null
  /** The route's path pattern, which gives transforms their route values; null when it has none. */
  readonly template: PathTemplate | null
  /** Given in place of an origin's answer. */
  readonly answer: OwnAnswer | null
  /** Null when the route has none. */
  readonly transforms: CompiledTransforms | null
  /** The path is forwarded as the client wrote it. */
  readonly forwardsRawPath: boolean
  readonly activityMs: number
  /** 0: none. */
  readonly totalMs: number
  /** 0: none. */
  readonly webSocketIdleMs: number
  readonly onRemove: OnRemove
  /** Replaces the listener's limit; null when the route has none. 0: no limit. */
  readonly maxRequestBodyBytes: number | null
  /** What its policies do; null when it has none. */
  readonly admission: Admission | null
}

export interface RuntimeListener {
  readonly config: Identified<Listener>
  readonly row: ListenerRow
  /** 0: off, 1: sampled, 2: full. */
  readonly accessLog: number
  /** Lower-case name of the header that names the tenant. */
  readonly tenantHeader: string
  readonly acceptsTenantFrom: 'any' | 'trustedProxies' | 'nobody'
  /** The proxies whose word counts; null where there are none. */
  readonly trusts: IpRanges | null
  /** Null for http. */
  readonly tls: TlsServer | null
  /** The field line of Strict-Transport-Security; '' for none. */
  readonly hsts: string
  /** What plain requests get instead of an answer; null where they are served. */
  readonly toHttps: RuntimeRoute | null
}

/** What one thread compiled from a snapshot. Immutable; replaced as a whole. */
export interface Runtime {
  readonly revision: number
  readonly routes: CompiledRoutes
  /** By CompiledRoute.index; what lies where no route is means nothing. */
  readonly actions: readonly (RuntimeRoute | null)[]
  /** What was promised for routes that this configuration has, but does not serve; by id. */
  readonly removed: ReadonlyMap<string, OnRemove>
  /** By id. */
  readonly upstreams: ReadonlyMap<string, RuntimeUpstream>
  /** By id. */
  readonly policies: ReadonlyMap<string, RuntimePolicy>
  /** Enabled listeners by endpointKey(). */
  readonly listeners: ReadonlyMap<string, RuntimeListener>
  /** Some certificates come by ACME: an authority may ask for tokens that are not here yet. */
  readonly getsByAcme: boolean
  readonly identity: Identity
}

/** What was promised for when the route goes; null when this configuration does not serve it. */
export function promiseOf(runtime: Runtime | null, routeId: string): OnRemove | null {
  const compiled = runtime?.routes.routes.find((route) => route?.id === routeId) ?? null
  return compiled === null ? null : runtime?.actions[compiled.index]?.onRemove ?? null
}

/** Where the requests of a route go, apart from their copies. */
export function destinationsOf({ destination, split }: RuntimeRoute): readonly RuntimeDestination[] {
  return split ?? (destination === null ? [] : [destination])
}

/** How a listener's socket and its configuration find each other. */
export function endpointKey(endpoint: { address: string; port: number }): string {
  return `${endpoint.address}|${endpoint.port}`
}
