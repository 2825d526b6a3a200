import { RE2JS } from 're2js'
import { literalStart } from './literal-start.ts'

/** Longer expressions, and those that become larger machines, are refused: each costs time on every request that tries it. */
const MAX_LENGTH = 1024
const MAX_PROGRAM = 2_000

/** An expression in RE2 syntax for a whole path; takes time in proportion to the path, whatever it holds. */
export interface PathRegex {
  matches(path: string): boolean
}

/** Replaces what an expression finds in a path. */
export interface PathReplacer {
  replace(path: string): string
}

export interface RegexProblem {
  /** What is wrong, in words. */
  message: string
}

/** The whole path must match. */
export function compilePathRegex(pattern: string, caseSensitive: boolean): PathRegex | RegexProblem {
  const regex = compileRegex(pattern, caseSensitive)
  if ('message' in regex) return regex
  // Most paths are told apart by their beginning, which costs a hundredth of the machine.
  const start = caseSensitive ? literalStart(pattern) : ''
  return { matches: (path) => path.startsWith(start) && regex.testExact(path) }
}

/** Finds the expression anywhere in the text, letter case ignored: as ASP.NET's constraints do. */
export function compileFindRegex(pattern: string): PathRegex | RegexProblem {
  const regex = compileRegex(pattern, false)
  if ('message' in regex) return regex
  return { matches: (text) => regex.test(text) }
}

/** `replacement` may hold $0 to $9 and ${name} for groups of the expression; "$$" is a dollar sign. */
export function compilePathReplacer(pattern: string, replacement: string): PathReplacer | RegexProblem {
  const regex = compileRegex(pattern, true)
  if ('message' in regex) return regex
  const parts = parseReplacement(replacement, regex)
  if ('message' in parts) return parts
  return { replace: (path) => replaceAll(regex, parts, path) }
}

function compileRegex(pattern: string, caseSensitive: boolean): RE2JS | RegexProblem {
  if (pattern.length > MAX_LENGTH) return { message: `the expression has ${pattern.length} characters; at most ${MAX_LENGTH} are taken` }
  try {
    const regex = RE2JS.compile(pattern, caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE)
    const size = regex.programSize()
    return size > MAX_PROGRAM ? { message: `the expression becomes a machine of ${size} steps; at most ${MAX_PROGRAM} are taken: use smaller repetitions` } : regex
  } catch (error) {
    return { message: `${(error as Error).message} (RE2 syntax: no look-around and no back references)` }
  }
}

/** Texts, and groups by number or name. */
type ReplacementPart = string | { group: number | string }

function parseReplacement(replacement: string, regex: RE2JS): ReplacementPart[] | RegexProblem {
  const parts: ReplacementPart[] = []
  let end = 0
  for (const found of replacement.matchAll(/\$(?:\$|(\d)|\{([A-Za-z_][A-Za-z0-9_]*)\})?/g)) {
    const [token, digit, name] = found
    if (found.index > end) parts.push(replacement.slice(end, found.index))
    end = found.index + token.length
    if (token === '$') return { message: 'a "$" needs a group behind it: $1 or ${name}; "$$" is a dollar sign' }
    if (digit !== undefined && Number(digit) > regex.groupCount()) return { message: `there is no group $${digit}: the expression has ${regex.groupCount()}` }
    if (name !== undefined && !(name in regex.namedGroups())) return { message: `there is no group named "${name}"` }
    parts.push(token === '$$' ? '$' : { group: name ?? Number(digit) })
  }
  if (end < replacement.length) parts.push(replacement.slice(end))
  return parts
}

function replaceAll(regex: RE2JS, parts: readonly ReplacementPart[], path: string): string {
  const matcher = regex.matcher(path)
  let text = ''
  let end = 0
  while (matcher.find()) {
    text += path.slice(end, matcher.start())
    for (const part of parts) text += typeof part === 'string' ? part : matcher.group(part.group as string) ?? ''
    end = matcher.end()
  }
  return text + path.slice(end)
}
