import type { Route } from '../schema/route.ts'
import type { Upstream } from '../schema/upstream.ts'
import { withoutPlaceholders } from '../transforms/value-template.ts'
import { unicodeHost } from './unicode-host.ts'

/** RouteMethods of YARP (RouteValidators/MethodsValidator.cs): with any other it refuses the whole file. */
const METHODS: ReadonlySet<string> = new Set(['HEAD', 'OPTIONS', 'GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'TRACE'])
/** Transforms that only we have; an unknown one makes YARP refuse the whole file. */
const OWN_TRANSFORMS: ReadonlySet<string> = new Set(['pathregexreplace', 'queryremoveall'])
/** Transforms whose Set and Append are filled in here, and sent by YARP as they stand. */
const FILLED_IN: ReadonlySet<string> = new Set(['requestheader', 'queryvalueparameter', 'responseheader', 'responsetrailer'])

/** Why an upstream is no cluster of YARP; null when it can be one. */
export function upstreamOutsideYarp({ enabled, tenantCode }: Upstream): string | null {
  if (!enabled) return 'it is disabled'
  return tenantCode === undefined ? null : 'YARP knows no tenants'
}

/** Why YARP cannot serve the route, would serve more than it says, or would refuse the whole file; null when it can. */
export function routeOutsideYarp(route: Route): string | null {
  const { match, transforms } = route
  if (!route.enabled) return 'it is disabled'
  if (route.tenantCode !== undefined) return 'YARP knows no tenants, and would serve it to everybody'
  if (route.upstreamId === undefined) return 'YARP has only clusters to send requests to'
  if (route.maintenance.enabled) return 'it is in maintenance'
  if (match.path?.type === 'regex') return 'YARP knows no expressions'
  if (match.path !== undefined && match.path.type !== 'pattern' && !isLiteral(match.path.value)) return 'YARP has no template for its path'
  if (match.websocket !== undefined) return 'YARP does not tell WebSockets apart'
  if (match.query.some(({ mode }) => mode === 'NotExists')) return 'YARP has no NotExists for parameters'
  if (route.listenerIds.length > 0) return 'YARP does not tell listeners apart'
  if (match.methods.length > 0 && match.methods.every((name) => name === 'TRACE')) return 'it takes only TRACE, which YARP would serve'
  const method = match.methods.find((name) => !METHODS.has(name))
  if (method !== undefined) return `YARP does not know the method ${method}`
  const host = match.hosts.find((pattern) => unicodeHost(pattern) === null)
  if (host !== undefined) return `YARP takes no punycode, and ${host} has no other form`
  if (transforms.some((transform) => Object.keys(transform).some((key) => OWN_TRANSFORMS.has(key.toLowerCase())))) return 'YARP does not know one of its transforms'
  return transforms.some((transform) => placeholderPart(transform) !== null) ? 'YARP would send a placeholder of its transforms as it stands' : null
}

/** The part of a transform that YARP takes as it stands and we fill in for each request; null when there is none. */
export function placeholderPart(transform: Readonly<Record<string, string>>): string | null {
  const parts = Object.entries(transform)
  if (!parts.some(([key]) => FILLED_IN.has(key.toLowerCase()))) return null
  return parts.find(([key, value]) => /^(set|append)$/i.test(key) && withoutPlaceholders(value) !== value)?.[0] ?? null
}

/** Templates are compared with decoded segments, of which none may be empty. */
function isLiteral(path: string): boolean {
  return !/%|\/\//.test(path)
}
