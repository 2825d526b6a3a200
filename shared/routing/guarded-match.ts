import type { Match, PathMatch } from '../schema/match.ts'
import { looseReading } from './loose-path.ts'

/** What a guarded route matches: letter case is ignored whatever it says, so that nobody walks round it. */
export function guardedMatch(match: Match): Match {
  return match.path === undefined ? match : { ...match, path: { ...match.path, caseSensitive: false } }
}

/** The paths under which a guarded route is found: as it is written, and as a forgiving origin reads that. */
export function guardedSpellings(path: PathMatch | undefined): (PathMatch | undefined)[] {
  if (path === undefined || path.type === 'pattern' || path.type === 'regex') return [path]
  const loose = looseReading(path.value)
  return loose === path.value ? [path] : [path, { ...path, value: loose }]
}
