import { isGuarded } from '../../policies/find-policy.ts'
import type { PolicyField } from '../../schema/policy.ts'
import type { Route } from '../../schema/route.ts'
import { guardedMatch } from '../guarded-match.ts'
import { looseReading } from '../loose-path.ts'
import { matchTemplate } from './match-template.ts'
import { parseTemplate, type PathTemplate } from './parse-template.ts'
import type { RouteValues } from './route-values.ts'

/** The pattern that the paths of a route fit; null where it has none. */
export function routeTemplate(route: Pick<Route, 'match' | PolicyField>): PathTemplate | null {
  const { path } = isGuarded(route) ? guardedMatch(route.match) : route.match
  if (path?.type !== 'pattern') return null
  const template = parseTemplate(path.value, path.caseSensitive)
  return 'message' in template ? null : template
}

/**
 * Fills in what the pattern found in the path: a guarded route may have been found under another reading of it.
 * @returns whether it was, so that the values do not stand in the path as they are
 */
export function readRouteValues(template: PathTemplate, path: string, values: RouteValues): boolean {
  if (matchTemplate(template, path, values)) return false
  matchTemplate(template, looseReading(path), values)
  return true
}
