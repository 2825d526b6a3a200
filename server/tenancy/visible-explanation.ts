import type { ExplainedCandidate, Explanation } from '../../shared/schema/explain.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { isOwn, type TenantScope } from './tenant-scope.ts'
import { visibleIds } from './visible-content.ts'

const OUTSIDE = { id: '', name: '(outside of your tenants)' }

/**
 * An explanation as a scope may see it (`null`: all of it). Routes of others keep their place and say neither who they are
 * nor what they do; those that lost are left out.
 */
export function visibleExplanation(explanation: Explanation, content: SnapshotContent, scope: TenantScope | null): Explanation {
  if (scope === null) return explanation
  const routes = new Set(content.routes.flatMap(({ id, tenantCode }) => (isOwn(scope, tenantCode) ? [id] : [])))
  const { listener, route } = explanation
  const isListenerVisible = listener === null || visibleIds(content, scope).has(listener.id)
  const seen: Explanation = {
    ...explanation,
    listener: isListenerVisible ? listener : OUTSIDE,
    candidates: explanation.candidates.flatMap((candidate) => visibleCandidate(candidate, routes, isListenerVisible)),
    omitted: {}
  }
  if (route === null || routes.has(route.id)) return seen
  return { ...seen, route: OUTSIDE, refused: null, policies: [], action: null, settings: [], steps: [], forwarded: null, responseTransforms: [] }
}

function visibleCandidate(candidate: ExplainedCandidate, routes: ReadonlySet<string>, isListenerVisible: boolean): ExplainedCandidate[] {
  const { routeId, outcome, criterion } = candidate
  if (routes.has(routeId)) return [criterion === 'listener' && !isListenerVisible ? { ...candidate, came: OUTSIDE.name } : candidate]
  return outcome === 'lost' ? [] : [{ routeId: OUTSIDE.id, name: OUTSIDE.name, outcome, criterion: '', wanted: '', came: '' }]
}
