import type { Listener } from '../schema/listener.ts'
import type { Route } from '../schema/route.ts'
import type { Identified } from '../schema/snapshot.ts'
import { type HostPattern, hostPatterns } from './host-pattern.ts'

/** What matchRoute() looks at, for a request made up to fit a route. */
export interface SampleRequest {
  listenerId: string
  host: string
  port: number
  path: string
  method: string
}

/** A name that no configuration is likely to hold. */
const OTHER = 'sample'

/** Requests that fit the route: every listener, host and method it names with paths under its path; at most `most`. */
export function* sampleRequests(route: Identified<Route>, listeners: readonly Identified<Listener>[], most: number): Generator<SampleRequest> {
  const served = listeners.filter((listener) => listener.enabled && (route.listenerIds.length === 0 || route.listenerIds.includes(listener.id)))
  let count = 0
  for (const listener of served) {
    for (const pattern of hostPatterns(route.match.hosts)) {
      for (const path of samplePaths(route)) {
        for (const method of sampleMethods(route)) {
          if (count++ >= most) return
          yield { listenerId: listener.id, host: sampleHost(pattern), port: pattern.port ?? listener.port, path, method }
        }
      }
    }
  }
}

export function sampleHost(pattern: HostPattern): string {
  if (pattern.kind === 'any') return `${OTHER}.invalid`
  return pattern.kind === 'suffix' ? `${OTHER}.${pattern.name}` : pattern.name
}

/** Paths that fit a route without a pattern or expression. */
export function samplePaths(route: Identified<Route>): string[] {
  const { path } = route.match
  if (path === undefined) return ['/', `/${OTHER}`]
  if (path.type === 'exact') return [path.value]
  return [path.value, `${path.value}${path.value.endsWith('/') ? '' : '/'}${OTHER}`]
}

function sampleMethods(route: Identified<Route>): readonly string[] {
  return route.match.methods.length > 0 ? route.match.methods : ['GET', OTHER.toUpperCase()]
}

/** The request as a person would write it. */
export function sampleText(sample: SampleRequest): string {
  return `${sample.method} http://${sample.host}${sample.port === 80 ? '' : `:${sample.port}`}${sample.path}`
}
