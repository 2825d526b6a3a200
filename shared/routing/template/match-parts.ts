import { foldText } from './fold-text.ts'
import type { TemplateParameter, TemplatePart } from './path-template.ts'

type TakePart = (parameter: TemplateParameter, value: string | null, from: number) => boolean

/**
 * Matches a segment of several parts, from its right end: each literal is looked for as far right as it leaves a
 * character for the parameter behind it (aspnetcore RoutePatternMatcher.MatchComplexSegment). `take` is called for each
 * parameter with what it found, or null, and where that begins in the text; it says whether that will do.
 */
export function matchParts(parts: readonly TemplatePart[], text: string, caseSensitive: boolean, take: TakePart): boolean {
  const last = parts.at(-1)!
  const found = findParts(parts, text, caseSensitive)
  if (found !== null) return takeAll(parts, found, take)
  if (last.kind === 'literal' || !last.isOptional) return false
  // {name}.{extension?}: without the extension there is no dot either.
  const shorter = parts.slice(0, -2)
  const foundShorter = text.endsWith('.') ? null : findParts(shorter, text, caseSensitive)
  return foundShorter !== null && takeAll(shorter, foundShorter, take) && take(last, null, text.length)
}

function takeAll(parts: readonly TemplatePart[], values: readonly string[], take: TakePart): boolean {
  let end = 0
  return parts.every((part, index) => {
    const from = end
    end += part.kind === 'literal' ? part.text.length : values[index]!.length
    return part.kind === 'literal' || take(part, values[index]!, from)
  })
}

/** What each part covers, or null. Parameters are never empty, and there is a literal between any two. */
function findParts(parts: readonly TemplatePart[], text: string, caseSensitive: boolean): string[] | null {
  const haystack = caseSensitive ? text : foldText(text)
  const values: string[] = parts.map(() => '')
  let end = text.length
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = parts[index]!
    if (part.kind === 'literal') {
      const literal = caseSensitive ? part.text : part.folded
      if (!haystack.endsWith(literal, end) || end < literal.length) return null
      end -= literal.length
      continue
    }
    const before = parts[index - 1]
    const start = before === undefined ? 0 : startBehind(haystack, before, end, caseSensitive)
    if (start === -1 || start >= end) return null
    values[index] = text.slice(start, end)
    end = start
  }
  return end === 0 ? values : null
}

/** Where the parameter that ends at `end` begins: behind the right-most literal that leaves it a character. */
function startBehind(haystack: string, before: TemplatePart, end: number, caseSensitive: boolean): number {
  if (before.kind === 'parameter') return -1
  const literal = caseSensitive ? before.text : before.folded
  const place = haystack.slice(0, end - 1).lastIndexOf(literal)
  return place === -1 ? -1 : place + literal.length
}
