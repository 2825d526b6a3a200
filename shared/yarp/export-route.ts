import type { Route } from '../schema/route.ts'
import { formatTimeSpan } from './time-span.ts'

/** A route with the name of its upstream. */
export type NamedRoute = Omit<Route, 'upstreamId'> & { upstream: string }

/** Why YARP cannot serve the route, or would serve more than it says; null when it can. */
export function inexpressible(route: Route): string | null {
  const { match } = route
  if (!route.enabled) return 'it is disabled'
  if (route.tenantCode !== undefined) return 'YARP knows no tenants, and would serve it to everybody'
  if (route.upstreamId === undefined) return 'YARP has only clusters to send requests to'
  if (route.maintenance.enabled) return 'it is in maintenance'
  if (match.path?.type === 'regex') return 'YARP knows no expressions'
  if (match.websocket !== undefined) return 'YARP does not tell WebSockets apart'
  if (match.query.some(({ mode }) => mode === 'NotExists')) return 'YARP has no NotExists for parameters'
  if (route.listenerIds.length > 0) return 'YARP does not tell listeners apart'
  return null
}

/** As RouteConfig of YARP, as far as that goes. */
export function exportRoute({ match, priority, timeouts, maxRequestBodyBytes, authorizationPolicy, rateLimiterPolicy, corsPolicy, transforms, labels, upstream }: NamedRoute): Record<string, unknown> {
  const rules = (list: readonly { name: string; values: readonly string[]; mode: string; isCaseSensitive: boolean }[]): object[] =>
    list.map(({ name, values, mode, isCaseSensitive }) => ({ Name: name, ...(values.length === 0 ? {} : { Values: values }), Mode: mode, ...(isCaseSensitive ? { IsCaseSensitive: true } : {}) }))
  const path = templateOf(match.path)
  return {
    ClusterId: upstream,
    ...(priority === 0 ? {} : { Order: -priority }),
    Match: {
      // YARP wants a path or a host.
      ...(path !== null ? { Path: path } : match.hosts.length === 0 ? { Path: '/{**rest}' } : {}),
      ...(match.hosts.length === 0 ? {} : { Hosts: match.hosts }),
      ...(match.methods.length === 0 ? {} : { Methods: match.methods }),
      ...(match.headers.length === 0 ? {} : { Headers: rules(match.headers) }),
      ...(match.query.length === 0 ? {} : { QueryParameters: rules(match.query) })
    },
    ...(authorizationPolicy === undefined ? {} : { AuthorizationPolicy: authorizationPolicy }),
    ...(rateLimiterPolicy === undefined ? {} : { RateLimiterPolicy: rateLimiterPolicy }),
    ...(corsPolicy === undefined ? {} : { CorsPolicy: corsPolicy }),
    ...(timeouts.totalMs === 0 ? {} : { Timeout: formatTimeSpan(timeouts.totalMs) }),
    MaxRequestBodySize: maxRequestBodyBytes === undefined || maxRequestBodyBytes === 0 ? -1 : maxRequestBodyBytes,
    ...(transforms.length === 0 ? {} : { Transforms: transforms }),
    ...(Object.keys(labels).length === 0 ? {} : { Metadata: labels })
  }
}

/** A path as a template of ASP.NET, which ignores letter case. */
function templateOf(path: Route['match']['path']): string | null {
  if (path === undefined) return null
  const literal = path.value.replaceAll('{', '{{').replaceAll('}', '}}')
  return path.type === 'pattern' ? path.value : path.type === 'exact' ? literal : `${literal.replace(/\/$/, '')}/{**rest}`
}
