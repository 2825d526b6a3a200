import type { CompiledRoute } from '../routing/compiled-route.ts'
import type { MatchExplanation } from '../routing/explain/explain-match.ts'
import type { Mismatch } from '../routing/explain/first-mismatch.ts'
import type { MatchRequest } from '../routing/match-request.ts'
import type { ExplainedCandidate } from '../schema/explain.ts'
import type { Route } from '../schema/route.ts'
import { fieldValue } from '../transforms/header-lines.ts'

const MOST = 50

/** The routes in the order in which they are tried, each with what it lost on. */
export function explainCandidates({ winner, candidates }: MatchExplanation, listenerName: string, request: MatchRequest): ExplainedCandidate[] {
  // Whatever fits comes first, so that a cut hides only routes that lost.
  return candidates.slice(0, MOST).map(({ route, mismatch }) => ({
    routeId: route.id,
    name: route.name,
    outcome: mismatch !== null ? 'lost' : route === winner ? 'wins' : 'fits',
    criterion: mismatch?.criterion ?? '',
    ...(mismatch === null ? { wanted: '', came: '' } : difference(route, mismatch, listenerName, request))
  }))
}

function difference({ route }: CompiledRoute, { criterion, name }: Mismatch, listenerName: string, request: MatchRequest): { wanted: string; came: string } {
  const { match } = route
  switch (criterion) {
    case 'listener':
      return { wanted: 'other listeners', came: listenerName }
    case 'tenant':
      return { wanted: route.tenantCode ?? '', came: request.tenantCode === '' ? 'no tenant' : request.tenantCode }
    case 'host':
    case 'port':
      return { wanted: match.hosts.join(', '), came: `${request.host}:${request.hostPort}` }
    case 'path':
      return { wanted: `${match.path?.type} ${match.path?.value}`, came: request.path }
    case 'websocket':
      return { wanted: match.websocket === true ? 'a WebSocket' : 'no WebSocket', came: request.isWebSocket ? 'a WebSocket' : 'none' }
    case 'method':
      return { wanted: match.methods.join(', '), came: request.method }
    case 'header':
      return { wanted: ruleText(match.headers, name), came: fieldValue(request.fields, name.toLowerCase()) ?? 'no such header' }
    case 'query':
      return { wanted: ruleText(match.query, name), came: request.query === '' ? 'no query' : request.query }
  }
}

function ruleText(rules: Route['match']['headers'] | Route['match']['query'], name: string): string {
  const rule = rules.find((one) => one.name.toLowerCase() === name.toLowerCase())
  return rule === undefined ? name : `${rule.name} ${rule.mode}${rule.values.length === 0 ? '' : ` ${rule.values.join(' or ')}`}`
}
