import { foldText } from './fold-text.ts'
import { MAX_SEGMENTS, type PathTemplate, type TemplatePart, type TemplateProblem, type TemplateSegment } from './path-template.ts'
import { parseParameter } from './parse-parameter.ts'

export type { PathTemplate, TemplateProblem } from './path-template.ts'

/**
 * Reads a route template of ASP.NET Core (RoutePatternParser.cs): literals, {p}, {p?}, {p=default}, {*r}, {**r},
 * constraints {p:int:max(10)}, several parts in a segment {a}-{b}. "{{" and "}}" are braces.
 */
export function parseTemplate(text: string, caseSensitive = false): PathTemplate | TemplateProblem {
  if (text.startsWith('~') && text[1] !== '/') return { at: 0, message: '"~" must have "/" behind it: take it out, or write "~/"' }
  const start = text.startsWith('~/') ? 2 : text.startsWith('/') ? 1 : 0
  const segments: TemplateSegment[] = []
  for (let at = start; at < text.length;) {
    if (text[at] === '/') return { at, message: 'an empty segment: take one "/" out' }
    const segment = parseSegment(text, at)
    if ('message' in segment) return segment
    segments.push(segment.segment)
    at = segment.end + 1
  }
  return orderProblem(segments) ?? { text, caseSensitive, segments }
}

function parseSegment(text: string, from: number): { segment: TemplateSegment; end: number } | TemplateProblem {
  const parts: TemplatePart[] = []
  let at = from
  while (at < text.length && text[at] !== '/') {
    const part = text[at] === '{' && text[at + 1] !== '{' ? parseParameter(text, at) : parseLiteral(text, at)
    if ('message' in part) return part
    const before = parts.at(-1)
    if (part.part.kind === 'parameter' && before?.kind === 'parameter') return { at, message: `{${before.name}} and {${part.part.name}} need a text between them` }
    parts.push(part.part)
    at = part.end
  }
  return partsProblem(parts, from) ?? { segment: { at: from, parts }, end: at }
}

function parseLiteral(text: string, from: number): { part: TemplatePart; end: number } | TemplateProblem {
  let literal = ''
  let at = from
  while (at < text.length && text[at] !== '/') {
    const character = text[at]!
    if (character === '{' && text[at + 1] !== '{') break
    if (character === '}' && text[at + 1] !== '}') return { at, message: '"}" without "{" before it; write "}}" for a brace' }
    if (character === '?') return { at, message: '"?" cannot be in a path; use match.query for the query, and {name?} for an optional segment' }
    literal += character
    at += character === '{' || character === '}' ? 2 : 1
  }
  return { part: { kind: 'literal', text: literal, folded: foldText(literal) }, end: at }
}

function partsProblem(parts: readonly TemplatePart[], at: number): TemplateProblem | null {
  if (parts.length === 1) return null
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'literal') continue
    if (part.isCatchAll) return { at, message: `{*${part.name}} must be a segment of its own` }
    if (part.fallback !== null) return { at, message: `{${part.name}=${part.fallback}} can have a default only as a segment of its own` }
    if (!part.isOptional) continue
    const before = parts[index - 1]
    if (index !== parts.length - 1) return { at, message: `{${part.name}?} must be the last part of its segment` }
    if (before?.kind !== 'literal' || before.text !== '.') return { at, message: `only "." may stand before {${part.name}?} in a segment` }
  }
  return null
}

/** What the segments must be to each other. */
function orderProblem(segments: readonly TemplateSegment[]): TemplateProblem | null {
  if (segments.length > MAX_SEGMENTS) return { at: segments[MAX_SEGMENTS]!.at, message: `a pattern has at most ${MAX_SEGMENTS} segments` }
  const names = new Set<string>()
  let optional: string | null = null
  for (const [index, { at, parts }] of segments.entries()) {
    const [first] = parts
    if (first?.kind === 'parameter' && first.isCatchAll && index < segments.length - 1) return { at, message: `{*${first.name}} takes all the rest and must be the last segment` }
    const mayBeAbsent = parts.length === 1 && first?.kind === 'parameter' && (first.isOptional || first.isCatchAll || first.fallback !== null)
    if (optional !== null && !mayBeAbsent) return { at, message: `a segment behind {${optional}?} must be optional, too` }
    if (parts.length === 1 && first?.kind === 'parameter' && first.isOptional) optional = first.name
    for (const part of parts) {
      if (part.kind === 'literal') continue
      const name = part.name.toLowerCase()
      if (names.has(name)) return { at, message: `{${part.name}} is there twice` }
      names.add(name)
    }
  }
  return null
}
