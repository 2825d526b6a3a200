import type { PathMatch } from '../schema/match.ts'

/** The names that a route's path pattern gives to parts of the path, in lower case. */
export function routeValueNames(path: PathMatch | undefined): ReadonlySet<string> {
  const names = new Set<string>()
  if (path?.type !== 'pattern') return names
  for (const [, name] of path.value.matchAll(/\{\*{0,2}([A-Za-z_][A-Za-z0-9_]*)/g)) names.add(name!.toLowerCase())
  return names
}
