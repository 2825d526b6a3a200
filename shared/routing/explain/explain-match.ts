import type { CompiledRoute } from '../compiled-route.ts'
import type { CompiledRoutes } from '../compiled-routes.ts'
import type { MatchRequest } from '../match-request.ts'
import { AMBIGUOUS, matchCandidate } from '../match-route.ts'
import { firstMismatch, type Mismatch } from './first-mismatch.ts'

/** A route that could have taken the request. */
export interface ExplainedCandidate {
  route: CompiledRoute
  /** Null: it fits; of those the first wins, unless the path is ambiguous. */
  mismatch: Mismatch | null
}

export interface MatchExplanation {
  winner: CompiledRoute | null
  /** Two guarded routes claim the path, so that none gets the request. */
  isAmbiguous: boolean
  /** Those that came closest, the winner first, then by rank; at most 100. The ones that fit are always among them. */
  candidates: ExplainedCandidate[]
  /** How many more lost, by the criterion they lost on. */
  omitted: Partial<Record<Mismatch['criterion'], number>>
}

const MOST_CANDIDATES = 100
/** The later a criterion is looked at, the closer the route came. */
const CLOSENESS: readonly Mismatch['criterion'][] = ['listener', 'tenant', 'host', 'port', 'path', 'websocket', 'method', 'header', 'query']

/** Why matchCandidate() decides as it does, found by trying every route. */
export function explainMatch(compiled: CompiledRoutes, listenerId: string, request: MatchRequest): MatchExplanation {
  const tried = [...compiled.byId.values()].map((route) => ({ route, ...firstMismatch(route, listenerId, request) }))
  tried.sort((left, right) => closeness(right.mismatch) - closeness(left.mismatch) || left.rank - right.rank)
  const omitted: MatchExplanation['omitted'] = {}
  for (const { mismatch } of tried.slice(MOST_CANDIDATES)) if (mismatch !== null) omitted[mismatch.criterion] = (omitted[mismatch.criterion] ?? 0) + 1
  const found = matchCandidate(compiled, listenerId, request)
  const isAmbiguous = found === AMBIGUOUS
  const winner = found === null || isAmbiguous ? null : found.route
  // A guarded route can win by another reading of the path, over one with a better rank.
  const shown = tried.slice(0, MOST_CANDIDATES).sort((left, right) => Number(right.route === winner) - Number(left.route === winner) || left.rank - right.rank)
  return { winner, isAmbiguous, candidates: shown.map(({ route, mismatch }) => ({ route, mismatch })), omitted }
}

function closeness(mismatch: Mismatch | null): number {
  return mismatch === null ? CLOSENESS.length : CLOSENESS.indexOf(mismatch.criterion)
}
