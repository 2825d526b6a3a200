import type { CompiledRoute } from './compiled-route.ts'
import type { PathIndex } from './path-index.ts'

/** The routes of one host, or of one group of hosts, for every port and for single ports. */
export interface HostEntry {
  everyPort: PathIndex | null
  ports: Map<number, PathIndex> | null
}

/** Routes found by the host they ask for. */
export interface RouteTable {
  /** Exact hosts. */
  readonly names: Map<string, HostEntry>
  /** `*.suffix` by the suffix with its leading dot, grouped by hash; null when there is none. */
  suffixes: SuffixIndex | null
  /** Routes for every host. */
  readonly any: HostEntry
}

export interface SuffixIndex {
  readonly byHash: Map<number, SuffixNode>
  /** Length of the longest suffix. */
  longest: number
}

export interface SuffixNode {
  /** With its leading dot. */
  readonly suffix: string
  readonly entry: HostEntry
  /** Another suffix with the same hash. */
  next: SuffixNode | null
}

/** What matchRoute() searches. Immutable once compiled; may be shared by any number of requests. */
export interface CompiledRoutes {
  readonly routes: readonly CompiledRoute[]
  /** The enabled listeners, with the routes that name them; null when none does. */
  readonly listeners: ReadonlyMap<string, RouteTable | null>
  /** Routes that name no listener and so are served by all; null when there is none. */
  readonly shared: RouteTable | null
}
