import { decodeSegment, encodedPart } from './decode-segment.ts'
import { foldText } from './fold-text.ts'
import { matchParts } from './match-parts.ts'
import type { PathTemplate, TemplateParameter, TemplatePart, TemplateSegment } from './path-template.ts'
import type { RouteValues } from './route-values.ts'

/**
 * Whether the whole path fits the pattern; then `values` (when given) holds what its parameters found. `path` comes from
 * normalizePath(). Literals, constraints and values see each segment decoded, %2F left as it is (aspnetcore
 * RoutePatternMatcher.cs).
 */
export function matchTemplate(template: PathTemplate, path: string, values: RouteValues | null): boolean {
  values?.clear()
  // Behind a slash at the end there is no segment: then `at` is the length.
  let at = 1
  for (const segment of template.segments) {
    const [first] = segment.parts
    if (first?.kind === 'parameter' && first.isCatchAll) return takeRest(first, path, at, values)
    if (at >= path.length) {
      if (!mayBeAbsent(segment) || !take(first as TemplateParameter, null, null, values)) return false
      continue
    }
    const slash = path.indexOf('/', at)
    const segmentEnd = slash === -1 ? path.length : slash
    if (!matchSegment(template, segment, path.slice(at, segmentEnd), values)) return false
    at = segmentEnd + 1
  }
  return at >= path.length
}

function matchSegment({ caseSensitive }: PathTemplate, { parts }: TemplateSegment, encoded: string, values: RouteValues | null): boolean {
  const [first] = parts
  const text = decodeSegment(encoded)
  if (parts.length > 1) return takeParts(parts, text, caseSensitive, encoded, values)
  if (first?.kind === 'parameter') return text !== '' && take(first, text, encoded, values)
  return caseSensitive ? text === first?.text : foldText(text) === first?.folded
}

function takeParts(parts: readonly TemplatePart[], text: string, caseSensitive: boolean, encoded: string, values: RouteValues | null): boolean {
  return matchParts(parts, text, caseSensitive, (parameter, value, from) => {
    const source = value === null || values === null ? null : encodedPart(encoded, from, from + value.length)
    return take(parameter, value, source, values)
  })
}

function mayBeAbsent({ parts }: TemplateSegment): boolean {
  const [first] = parts
  return parts.length === 1 && first?.kind === 'parameter' && (first.isOptional || first.fallback !== null)
}

function takeRest(parameter: TemplateParameter, path: string, at: number, values: RouteValues | null): boolean {
  const encoded = at >= path.length ? null : path.slice(at)
  return take(parameter, encoded === null ? null : encoded.split('/').map(decodeSegment).join('/'), encoded, values)
}

/** False when a constraint does not hold. An optional parameter without a value has none to be held to. */
function take(parameter: TemplateParameter, found: string | null, encoded: string | null, values: RouteValues | null): boolean {
  const value = found ?? parameter.fallback
  if (value !== null && values !== null) values.set(parameter.name, value, encoded)
  if (value === null && parameter.isOptional) return true
  return parameter.constraints.every((constraint) => constraint.holds(value))
}
