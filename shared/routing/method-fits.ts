import { preflightOf } from '../policies/compile-cors.ts'
import { policyNameOf } from '../policies/find-policy.ts'
import type { PolicyField } from '../schema/policy.ts'
import type { Route } from '../schema/route.ts'
import type { MatchRequest } from './match-request.ts'

/** What a route asks of the method. */
export interface MethodCriteria {
  /** Null: every method. */
  readonly methods: readonly string[] | null
  /** A CORS preflight for one of the methods is taken, too: the route's CORS policy answers it. */
  readonly takesPreflights: boolean
}

export function methodCriteria(route: Pick<Route, 'match' | PolicyField>): MethodCriteria {
  const { methods } = route.match
  return { methods: methods.length > 0 ? methods : null, takesPreflights: policyNameOf(route, 'corsPolicy') !== null }
}

/** A preflight fits where the request that it announces does, as in ASP.NET Core (HttpMethodMatcherPolicy.cs, AcceptCorsPreflight). */
export function methodFits({ methods, takesPreflights }: MethodCriteria, request: MatchRequest): boolean {
  if (methods === null || methods.includes(request.method)) return true
  if (!takesPreflights || request.method !== 'OPTIONS') return false
  const preflight = preflightOf(request.method, request.fields)
  return preflight !== null && methods.includes(preflight.method)
}
