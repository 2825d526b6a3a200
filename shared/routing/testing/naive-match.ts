import type { Route } from '../../schema/route.ts'
import type { Identified, SnapshotContent } from '../../schema/snapshot.ts'

/** A request as matchRoute() takes it. */
export interface PlainRequest {
  listener: string
  host: string
  port: number
  path: string
  method: string
}

/** The matcher written down as plainly as can be, to compare with: try every route, sort, take the first. */
export function naiveMatch(content: SnapshotContent, request: PlainRequest): Identified<Route> | null {
  const listener = content.listeners.find((candidate) => candidate.id === request.listener)
  if (!listener?.enabled) return null
  const fits: { route: Identified<Route>; rank: (number | string)[] }[] = []
  for (const route of content.routes) {
    if (!route.enabled || !criteriaFit(route, request)) continue
    for (const host of route.match.hosts.length > 0 ? route.match.hosts : ['*']) {
      const form = hostForm(host, request)
      if (form !== null) fits.push({ route, rank: rankOf(route, form) })
    }
  }
  fits.sort((left, right) => compareRanks(left.rank, right.rank))
  return fits[0]?.route ?? null
}

function criteriaFit(route: Identified<Route>, request: PlainRequest): boolean {
  const { path, methods } = route.match
  if (route.listenerIds.length > 0 && !route.listenerIds.includes(request.listener)) return false
  if (methods.length > 0 && !methods.includes(request.method)) return false
  if (path === undefined) return true
  const wanted = path.caseSensitive === false ? path.value.toLowerCase() : path.value
  const given = path.caseSensitive === false ? request.path.toLowerCase() : request.path
  if (path.type === 'exact') return given === wanted
  return given === wanted || given.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`)
}

/** Smaller wins; null when the host does not fit. */
function hostForm(pattern: string, request: PlainRequest): [number, number] | null {
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(pattern.startsWith('[') ? pattern.replace(/^(\[.*\])/, (text) => text.replaceAll(':', ';')) : pattern)!
  const name = host!.replaceAll(';', ':')
  if (port !== undefined && Number(port) !== request.port) return null
  const bonus = port === undefined ? 1 : 0
  if (name === '*') return [4 + bonus, 0]
  if (!name.startsWith('*.')) return name === request.host ? [0 + bonus, 0] : null
  const suffix = name.slice(1)
  if (!request.host.endsWith(suffix) || request.host === suffix || request.host.startsWith('.') || request.host.includes('..')) return null
  return [2 + bonus, -suffix.length]
}

function rankOf(route: Identified<Route>, form: [number, number]): (number | string)[] {
  const { path, methods } = route.match
  const kind = path === undefined ? 2 : path.type === 'exact' ? 0 : 1
  return [-route.priority, kind, path === undefined ? 0 : -path.value.length, methods.length > 0 ? 0 : 1, ...form, route.listenerIds.length > 0 ? 0 : 1, route.id]
}

function compareRanks(left: (number | string)[], right: (number | string)[]): number {
  for (const [index, value] of left.entries()) {
    const other = right[index]!
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}
