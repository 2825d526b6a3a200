import type { GrantTerms } from '../../shared/schema/grant.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { Route } from '../../shared/schema/route.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { parseHostPattern } from '../../shared/routing/host-pattern.ts'
import { referencesOf } from '../resources/references.ts'

type GrantedRoute = Pick<Route, 'name' | 'tenantCode' | 'listenerIds' | 'match' | 'priority' | 'upstreamId' | 'split' | 'mirror'>

const NOTHING: GrantTerms = { listenerIds: [], upstreamIds: [], hostSuffixes: [], priority: { min: 1, max: 0 } }

/**
 * What the routes of a tenant use without having been granted it; `null` is a tenant without a grant. Pointers are into
 * the content. What a route already has in `live` stays allowed: an admin made it so, and to publish it changes nothing.
 */
export function checkGrants(content: SnapshotContent, tenantCode: string, grant: GrantTerms | null, live?: SnapshotContent): Issue[] {
  const shared = new Set(content.upstreams.filter((upstream) => upstream.tenantCode === undefined).map(({ id }) => id))
  const before = new Map(live?.routes.filter((route) => route.tenantCode === tenantCode).map((route) => [route.id, route]))
  return content.routes.flatMap((route, index) => {
    if (route.tenantCode !== tenantCode) return []
    return routeOutsideGrant(route, grant, shared, before.get(route.id)).map((issue) => ({ ...issue, path: `/routes/${index}${issue.path}` }))
  })
}

/** The same for one route. `shared` are the upstreams without a tenant; what the route `before` had stays allowed. */
export function routeOutsideGrant(route: GrantedRoute, grant: GrantTerms | null, shared: ReadonlySet<string>, before?: GrantedRoute): Issue[] {
  const terms = grant ?? NOTHING
  const of = `tenant ${route.tenantCode}`
  return [
    ...listenersOutside(route, terms, of, before),
    ...hostsOutside(route, terms, of, before),
    ...priorityOutside(route, terms, of, before),
    ...upstreamsOutside(route, terms, of, shared, before)
  ]
}

function listenersOutside({ listenerIds }: GrantedRoute, terms: GrantTerms, of: string, before: GrantedRoute | undefined): Issue[] {
  if (listenerIds.length === 0) return before?.listenerIds.length === 0 ? [] : [outside('/listenerIds', `name the listeners: no route of ${of} may be on all of them`)]
  return listenerIds.flatMap((id, index) => (terms.listenerIds.includes(id) || before?.listenerIds.includes(id) ? [] : [outside(`/listenerIds/${index}`, `${of} was not granted the listener ${id}`)]))
}

function hostsOutside({ match }: GrantedRoute, { hostSuffixes }: GrantTerms, of: string, before: GrantedRoute | undefined): Issue[] {
  if (hostSuffixes.includes('*')) return []
  const granted = hostSuffixes.length === 0 ? 'no hosts at all' : `hosts of ${hostSuffixes.join(', ')} only`
  if (match.hosts.length === 0) return before?.match.hosts.length === 0 ? [] : [outside('/match/hosts', `name the hosts: ${of} was granted ${granted}`)]
  return match.hosts.flatMap((host, index) => (isHostWithin(host, hostSuffixes) || before?.match.hosts.includes(host) ? [] : [outside(`/match/hosts/${index}`, `${of} was granted ${granted}, not ${host}`)]))
}

/** Whether every host that a criterion takes is one of the names or below one. */
export function isHostWithin(host: string, suffixes: readonly string[]): boolean {
  if (suffixes.includes('*')) return true
  const pattern = parseHostPattern(host)
  if (pattern === null || pattern.kind === 'any') return false
  return suffixes.some((suffix) => pattern.name === suffix || pattern.name.endsWith(`.${suffix}`))
}

function priorityOutside({ priority }: GrantedRoute, { priority: { min, max } }: GrantTerms, of: string, before: GrantedRoute | undefined): Issue[] {
  if ((priority >= min && priority <= max) || before?.priority === priority) return []
  return [outside('/priority', min > max ? `${of} was granted no priorities` : `${of} was granted priorities from ${min} to ${max}`)]
}

function upstreamsOutside(route: GrantedRoute, terms: GrantTerms, of: string, shared: ReadonlySet<string>, before: GrantedRoute | undefined): Issue[] {
  const had = new Set(upstreamsOf(before).map(({ id }) => id))
  return upstreamsOf(route).flatMap(({ id, path }) => (!shared.has(id) || terms.upstreamIds.includes(id) || had.has(id) ? [] : [outside(path, `${of} was not granted the upstream ${id}; use one of its own`)]))
}

function upstreamsOf(route: GrantedRoute | undefined) {
  return referencesOf('routes', route).filter(({ kind }) => kind === 'upstreams')
}

function outside(path: string, message: string): Issue {
  return errorIssue(path, 'outside_grant', message)
}
