import type { PathMatch } from '../schema/match.ts'
import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'
import type { HostPattern } from './host-pattern.ts'
import { pathPrecedence } from './path-precedence.ts'

/** Everything that decides which of two fitting routes wins, for a route and one of its host criteria. */
export interface Precedence {
  priority: number
  isTenant: boolean
  /** See pathPrecedence(); smaller wins. */
  path: string
  hasWebsocket: boolean
  hasMethods: boolean
  host: HostForm
  /** Length of a wildcard's suffix; longer wins. */
  suffixLength: number
  headerRules: number
  queryRules: number
  /** The route names its listeners. */
  namesListeners: boolean
  /** Length of an exact path or prefix; longer wins. Tells the prefixes /a and /a/ apart where nothing else does. */
  pathLength: number
  id: string
}

/** Host forms from the one that wins to the one that loses. */
const HOST_RANKS = { 'name:port': 0, name: 1, 'suffix:port': 2, suffix: 3, 'any:port': 4, any: 5 } as const
export type HostForm = keyof typeof HOST_RANKS

/** The precedence of a route for one of its host criteria. */
export function precedenceOf(route: Identified<Route>, host: HostPattern): Precedence {
  const { match } = route
  const { kind } = host
  return {
    priority: route.priority,
    isTenant: route.tenantCode !== undefined,
    path: pathPrecedence(match.path),
    hasWebsocket: match.websocket !== undefined,
    hasMethods: match.methods.length > 0,
    host: host.port === undefined ? kind : `${kind}:port`,
    suffixLength: kind === 'suffix' ? host.name.length : 0,
    headerRules: match.headers.length,
    queryRules: match.query.length,
    namesListeners: route.listenerIds.length > 0,
    pathLength: isLiteral(match.path) ? match.path.value.length : 0,
    id: route.id
  }
}

function isLiteral(path: PathMatch | undefined): path is PathMatch {
  return path?.type === 'exact' || path?.type === 'prefix'
}

/**
 * Negative when `left` wins. Total: only one route compared with itself, for one host criterion, gives 0.
 * The order is the same on every thread and node, in the publish rules and in explanations.
 */
export function comparePrecedence(left: Precedence, right: Precedence): number {
  return comparePrecedenceButId(left, right) || compareText(left.id, right.id)
}

/** As comparePrecedence, without the last resort: 0 means that only the ids decide. */
function comparePrecedenceButId(left: Precedence, right: Precedence): number {
  return (
    right.priority - left.priority ||
    Number(right.isTenant) - Number(left.isTenant) ||
    compareText(left.path, right.path) ||
    Number(right.hasWebsocket) - Number(left.hasWebsocket) ||
    Number(right.hasMethods) - Number(left.hasMethods) ||
    HOST_RANKS[left.host] - HOST_RANKS[right.host] ||
    right.suffixLength - left.suffixLength ||
    right.headerRules - left.headerRules ||
    right.queryRules - left.queryRules ||
    Number(right.namesListeners) - Number(left.namesListeners) ||
    right.pathLength - left.pathLength
  )
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
