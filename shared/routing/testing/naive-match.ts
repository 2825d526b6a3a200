import type { Route } from '../../schema/route.ts'
import type { MatchRequest } from '../match-request.ts'
import { pathPrecedence } from '../path-precedence.ts'
import { compilePathRegex } from '../regex/path-regex.ts'
import { compileHeaderRule, headerRuleHolds } from '../rules/header-rule.ts'
import { compileQueryRule, queryRuleHolds } from '../rules/query-rule.ts'
import { matchTemplate } from '../template/match-template.ts'
import { parseTemplate } from '../template/parse-template.ts'
import type { Identified, SnapshotContent } from '../../schema/snapshot.ts'

/** A request as matchRoute() takes it, with the listener it comes through. */
export interface PlainRequest extends MatchRequest {
  listener: string
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
  const { path, methods, headers, query, websocket } = route.match
  if (route.listenerIds.length > 0 && !route.listenerIds.includes(request.listener)) return false
  if (methods.length > 0 && !methods.includes(request.method) && (route.corsPolicy === undefined || !methods.some((method) => isPreflight(request, method)))) return false
  if (route.tenantCode !== undefined && route.tenantCode !== request.tenantCode) return false
  if (websocket !== undefined && websocket !== request.isWebSocket) return false
  if (!headers.every((rule) => headerRuleHolds(compileHeaderRule(rule), request.fields))) return false
  if (!query.every((rule) => queryRuleHolds(compileQueryRule(rule), request.query))) return false
  if (path === undefined) return true
  if (path.type === 'pattern') {
    const template = parseTemplate(path.value, path.caseSensitive)
    return 'segments' in template && matchTemplate(template, request.path, null)
  }
  if (path.type === 'regex') {
    const regex = compilePathRegex(path.value, path.caseSensitive ?? true)
    return 'matches' in regex && regex.matches(request.path)
  }
  const wanted = path.caseSensitive === false ? path.value.toLowerCase() : path.value
  const given = path.caseSensitive === false ? request.path.toLowerCase() : request.path
  if (path.type === 'exact') return given === wanted
  return given === wanted || given.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`)
}

function isPreflight({ method, fields }: PlainRequest, announced: string): boolean {
  const lines = fields.split('\r\n')
  return method === 'OPTIONS' && lines.some((line) => line.startsWith('Origin: ')) && lines.includes(`Access-Control-Request-Method: ${announced}`)
}

/** Smaller wins; null when the host does not fit. */
function hostForm(pattern: string, request: PlainRequest): [number, number] | null {
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(pattern.startsWith('[') ? pattern.replace(/^(\[.*\])/, (text) => text.replaceAll(':', ';')) : pattern)!
  const name = host!.replaceAll(';', ':')
  if (port !== undefined && Number(port) !== request.hostPort) return null
  const bonus = port === undefined ? 1 : 0
  if (name === '*') return [4 + bonus, 0]
  if (!name.startsWith('*.')) return name === request.host ? [0 + bonus, 0] : null
  const suffix = name.slice(1)
  if (!request.host.endsWith(suffix) || request.host === suffix || request.host.startsWith('.') || request.host.includes('..')) return null
  return [2 + bonus, -suffix.length]
}

function rankOf(route: Identified<Route>, form: [number, number]): (number | string)[] {
  const { path, methods, headers, query, websocket } = route.match
  const isLiteral = path?.type === 'exact' || path?.type === 'prefix'
  return [-route.priority, route.tenantCode === undefined ? 1 : 0, pathPrecedence(path), websocket === undefined ? 1 : 0, methods.length > 0 ? 0 : 1, ...form, -headers.length, -query.length, route.listenerIds.length > 0 ? 0 : 1, isLiteral ? -path.value.length : 0, route.id]
}

function compareRanks(left: (number | string)[], right: (number | string)[]): number {
  for (const [index, value] of left.entries()) {
    const other = right[index]!
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}
