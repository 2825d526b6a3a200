import type { CompiledRoute } from './compiled-route.ts'
import type { PathIndex } from './path-index.ts'
import type { TextIndex } from './text-index.ts'

/** The routes of one host, or of one group of hosts, for every port and for single ports. */
export interface HostEntry {
  readonly everyPort: PathIndex | null
  readonly ports: ReadonlyMap<number, PathIndex> | null
}

/** The global routes, and those of each tenant. Like everything below it, null where it would be empty. */
export interface RouteTable {
  readonly hosts: HostTable | null
  readonly tenants: ReadonlyMap<string, HostTable> | null
}

/** Routes found by the host they ask for. */
export interface HostTable {
  /** Exact hosts. */
  readonly names: ReadonlyMap<string, HostEntry> | null
  /** `*.suffix` by the suffix with its leading dot, hashed from its end. */
  readonly suffixes: TextIndex<HostEntry> | null
  /** Routes for every host. */
  readonly any: HostEntry | null
}

/** What matchRoute() searches. Immutable; may be shared by any number of requests, and in parts by its successors. */
export interface CompiledRoutes {
  /** By index; null where no route has this index. */
  readonly routes: readonly (CompiledRoute | null)[]
  readonly byId: ReadonlyMap<string, CompiledRoute>
  /** The enabled listeners, with the routes that name them; null when none does. */
  readonly listeners: ReadonlyMap<string, RouteTable | null>
  /** The routes of every listener that is named by one, enabled or not. */
  readonly named: ReadonlyMap<string, RouteTable> | null
  /** Routes that name no listener and so are served by all; null when there is none. */
  readonly shared: RouteTable | null
  /** How many of the routes are guarded. */
  readonly guarded: number
}

/** No routes and no listeners. */
export function emptyRoutes(): CompiledRoutes {
  return { routes: [], byId: new Map(), listeners: new Map(), named: null, shared: null, guarded: 0 }
}
