import type { Route } from '../schema/route.ts'
import { plainMetadata } from './gateway-metadata.ts'
import { formatTimeSpan } from './time-span.ts'
import { unicodeHost } from './unicode-host.ts'

/** As RouteConfig of YARP, as far as that goes. */
export function exportRoute({ match, priority, timeouts, maxRequestBodyBytes, authorizationPolicy, rateLimiterPolicy, corsPolicy, transforms, labels }: Route, cluster: string): Record<string, unknown> {
  const rules = (list: readonly { name: string; values: readonly string[]; mode: string; isCaseSensitive: boolean }[]): object[] =>
    list.map(({ name, values, mode, isCaseSensitive }) => ({ Name: name, ...(values.length === 0 ? {} : { Values: values }), Mode: mode, ...(isCaseSensitive ? { IsCaseSensitive: true } : {}) }))
  const path = templateOf(match.path)
  const metadata = plainMetadata(labels)
  return {
    ClusterId: cluster,
    ...(priority === 0 ? {} : { Order: -priority }),
    Match: {
      // YARP wants a path or a host.
      ...(path !== null ? { Path: path } : match.hosts.length === 0 ? { Path: '/{**rest}' } : {}),
      ...(match.hosts.length === 0 ? {} : { Hosts: match.hosts.map((host) => unicodeHost(host) ?? host) }),
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
    ...(Object.keys(metadata).length === 0 ? {} : { Metadata: metadata })
  }
}

/** A path as a template of ASP.NET, which ignores letter case. */
function templateOf(path: Route['match']['path']): string | null {
  if (path === undefined) return null
  const literal = path.value.replaceAll('{', '{{').replaceAll('}', '}}')
  return path.type === 'pattern' ? path.value : path.type === 'exact' ? literal : `${literal.replace(/\/$/, '')}/{**rest}`
}
