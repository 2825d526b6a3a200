import { isGuarded, policyNameOf } from '../../policies/find-policy.ts'
import { compileRoutes } from '../../routing/compile-routes.ts'
import { matchRoute } from '../../routing/match-route.ts'
import { type SampleRequest, sampleRequests, sampleText } from '../../routing/sample-request.ts'
import { type Issue, warningIssue } from '../../schema/issue.ts'
import type { Route } from '../../schema/route.ts'
import type { SnapshotContent } from '../../schema/snapshot.ts'

/** Bounds the search. */
const MOST_ROUTES = 10_000

/**
 * Warns of rate limits that another spelling of the path leaves behind, by requests that the matcher confirms. Only guarded routes
 * take such spellings themselves.
 */
export function limitBySpelling(content: SnapshotContent): Issue[] {
  const limited = [...content.routes.entries()].filter(([, route]) => route.enabled && isLiteral(route) && !isGuarded(route) && limiterOf(route) !== null)
  if (limited.length === 0) return []
  const compiled = compileRoutes(content)
  return limited.slice(0, MOST_ROUTES).flatMap(([index, route]) => {
    const [sample] = sampleRequests(route, content.listeners, 1)
    if (sample === undefined || matchRoute(compiled, sample.listenerId, sample)?.id !== route.id) return []
    for (const path of spellingsOf(sample.path)) {
      const other: SampleRequest = { ...sample, path }
      const winner = matchRoute(compiled, other.listenerId, other)
      if (winner === null || winner.id === route.id || limiterOf(winner.route) === limiterOf(route)) continue
      return [warningIssue(`/routes/${index}/rateLimiterPolicy`, 'limit_by_spelling', `route "${route.name}" is limited, but ${sampleText(other)} goes to route "${winner.name}" without that limit, and an origin may read both paths alike; name the policy there too, or give this route an authorization policy (one with anonymous: true does), which takes all spellings`)]
    }
    return []
  })
}

function isLiteral({ match: { path } }: Route): boolean {
  return path?.type === 'exact' || path?.type === 'prefix'
}

function limiterOf(route: Route): string | null {
  return policyNameOf(route, 'rateLimiterPolicy')?.toLowerCase() ?? null
}

/** As forgiving origins read them: empty segments merged, letter case ignored, what stands behind ";" left out. */
function spellingsOf(path: string): string[] {
  return [`/${path}`, path.replace(/[a-z]/i, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())), `${path};x`]
}
