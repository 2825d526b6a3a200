import type { Listener } from '../schema/listener.ts'
import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'
import type { MatchRequest } from './match-request.ts'
import { sampleHeaderLines, sampleQuery } from './rules/sample-rules.ts'
import { parseTemplate } from './template/parse-template.ts'
import { samplePath } from './template/sample-path.ts'
import { type HostPattern, hostPatterns } from './host-pattern.ts'

/** A request made up to fit a route. */
export interface SampleRequest extends MatchRequest {
  listenerId: string
  /** That of the listener. */
  scheme: 'http' | 'https'
}

/** A name that no configuration is likely to hold. */
const OTHER = 'sample'

/** Requests that fit the route: every listener, host and method it names with paths under its path; at most `most`. */
export function* sampleRequests(route: Identified<Route>, listeners: readonly Identified<Listener>[], most: number): Generator<SampleRequest> {
  const served = listeners.filter((listener) => listener.enabled && (route.listenerIds.length === 0 || route.listenerIds.includes(listener.id)))
  const { headers, query, websocket } = route.match
  const others = { isWebSocket: websocket ?? false, tenantCode: route.tenantCode ?? '', fields: sampleHeaderLines(headers), query: sampleQuery(query) }
  let count = 0
  for (const listener of served) {
    for (const pattern of hostPatterns(route.match.hosts)) {
      for (const path of samplePaths(route)) {
        for (const method of sampleMethods(route)) {
          if (count++ >= most) return
          yield { listenerId: listener.id, scheme: listener.protocol, host: sampleHost(pattern), hostPort: pattern.port ?? listener.port, path, method, ...others }
        }
      }
    }
  }
}

export function sampleHost(pattern: HostPattern): string {
  if (pattern.kind === 'any') return `${OTHER}.invalid`
  return pattern.kind === 'suffix' ? `${OTHER}.${pattern.name}` : pattern.name
}

/** Paths that fit a route; none for an expression, and for a pattern whose constraints are too special. */
function samplePaths(route: Identified<Route>): string[] {
  const { path } = route.match
  if (path === undefined) return ['/', `/${OTHER}`]
  if (path.type === 'exact') return [path.value]
  if (path.type === 'regex') return []
  if (path.type === 'pattern') return patternPaths(path.value, path.caseSensitive)
  return [path.value, `${path.value}${path.value.endsWith('/') ? '' : '/'}${OTHER}`]
}

function patternPaths(value: string, caseSensitive = false): string[] {
  const template = parseTemplate(value, caseSensitive)
  const sample = 'message' in template ? null : samplePath(template)
  return sample === null ? [] : [sample]
}

function sampleMethods(route: Identified<Route>): readonly string[] {
  return route.match.methods.length > 0 ? route.match.methods : ['GET', OTHER.toUpperCase()]
}

/** The request as a person would write it. */
export function sampleText(sample: SampleRequest): string {
  const { method, scheme, host, hostPort, path, query, fields, tenantCode, isWebSocket } = sample
  const more = [...fields.split('\r\n').filter(Boolean), ...(tenantCode === '' ? [] : [`tenant ${tenantCode}`]), ...(isWebSocket ? ['as a WebSocket'] : [])]
  return `${method} ${scheme}://${host}${hostPort === (scheme === 'https' ? 443 : 80) ? '' : `:${hostPort}`}${path}${query}${more.length === 0 ? '' : ` (${more.join(', ')})`}`
}
