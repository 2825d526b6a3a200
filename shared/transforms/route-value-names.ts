import { parseTemplate } from '../routing/template/parse-template.ts'
import { parametersOf } from '../routing/template/path-template.ts'
import type { PathMatch } from '../schema/match.ts'

/** The names that a route's path pattern gives to parts of the path, in lower case; none for one that cannot be read. */
export function routeValueNames(path: PathMatch | undefined): ReadonlySet<string> {
  if (path?.type !== 'pattern') return new Set()
  const template = parseTemplate(path.value)
  return new Set('message' in template ? [] : parametersOf(template).map(({ name }) => name.toLowerCase()))
}

/** Says that none of them has this name. */
export function unknownRouteValue(name: string, routeValues: ReadonlySet<string>): string {
  const known = [...routeValues].join(', ')
  return `{${name}} is no route value: ${known === '' ? 'the route has no path pattern with one' : `the path pattern has ${known}`}`
}
