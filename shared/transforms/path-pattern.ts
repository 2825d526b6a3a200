import { PARAMETER_NAME } from '../routing/template/parameter-name.ts'
import { unknownRouteValue } from './route-value-names.ts'

/** A route value in a path pattern. */
export interface PatternValue {
  name: string
  /** Inserted when the request has no such value. */
  fallback: string
  /** `{**name}`: slashes of the value stay. */
  keepsSlashes: boolean
}

/** Parts of a segment: texts and values. A segment without parts is an empty one, as at the end of "/a/". */
export type PatternSegment = (string | PatternValue)[]

const TOKEN = new RegExp(`\\{(\\*{0,2})(${PARAMETER_NAME.source})(?::[^}=?]*)?(?:=([^}?]*))?\\??\\}`, 'g')

/** Reads the value of a PathPattern transform: `/my/{plugin}/api/{**rest}`. Returns in words what is wrong, else the segments. */
export function parsePathPattern(text: string, routeValues: ReadonlySet<string>): PatternSegment[] | string {
  const path = text.startsWith('/') ? text.slice(1) : text
  const segments: PatternSegment[] = []
  for (const segment of path.split('/')) {
    const parsed = parseSegment(segment, routeValues)
    if (typeof parsed === 'string') return parsed
    segments.push(parsed)
  }
  return segments
}

function parseSegment(segment: string, routeValues: ReadonlySet<string>): PatternSegment | string {
  const parts: PatternSegment = []
  let end = 0
  for (const found of segment.matchAll(TOKEN)) {
    const [token, stars, name, fallback = ''] = found
    if (found.index > end) parts.push(encodeText(segment.slice(end, found.index)))
    end = found.index + token.length
    if (!routeValues.has(name!.toLowerCase())) return unknownRouteValue(name!, routeValues)
    parts.push({ name: name!, fallback, keepsSlashes: stars === '**' })
  }
  const rest = segment.slice(end)
  if (/[{}]/.test(rest) || parts.some((part) => typeof part === 'string' && /[{}]/.test(part))) return `"${segment}" has a brace that belongs to no {name}`
  if (rest !== '') parts.push(encodeText(rest))
  return parts
}

function encodeText(text: string): string {
  return text.replace(/[^\x21-\x7e]+|[?#]/gu, (other) => encodeURIComponent(other.toWellFormed()))
}
