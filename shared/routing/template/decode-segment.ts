const ESCAPES = /(?:%[0-9a-f]{2})+/gi
const SLASH = /%2f/i
/** No path has one, decoded or not: "%00" is refused. */
const NUL = '\0'

/** A segment of a path as a person reads it: UTF-8 decoded, but not %2F, and nothing that is malformed. */
export function decodeSegment(segment: string): string {
  return segment.includes('%') ? segment.replace(ESCAPES, decoded) : segment
}

/** The part of a segment that decodeSegment() makes the characters [from, to) of its result from. */
export function encodedPart(segment: string, from: number, to: number): string {
  if (!segment.includes('%')) return segment.slice(from, to)
  // "%" of what stays encoded is told apart from a decoded "%25".
  const text = segment.replace(ESCAPES, marked)
  let start = 0
  let at = 0
  for (let index = 0; index < to; index++) {
    if (index === from) start = at
    at += segment[at] === '%' || isSecond(text.charCodeAt(index)) ? encodedLength(text.charCodeAt(index)) : 1
  }
  return segment.slice(start, at)
}

/** Of a UTF-16 unit in UTF-8, three characters a byte; a pair of surrogates counts with its first. */
function encodedLength(code: number): number {
  if (code === 0) return 1
  if (code < 0x80) return 3
  if (code < 0x800) return 6
  return isSecond(code) ? 0 : code >= 0xd800 && code < 0xdc00 ? 12 : 9
}

function isSecond(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000
}

const decoded = (run: string): string => decodeRun(run, '%')
const marked = (run: string): string => decodeRun(run, NUL)

/** `percent` is written for the "%" of what is not decoded. */
function decodeRun(run: string, percent: string): string {
  if (SLASH.test(run)) return run.split(/(%2f)/i).map((part) => SLASH.test(part) ? part.replace('%', percent) : part === '' ? '' : decodeRun(part, percent)).join('')
  try {
    return decodeURIComponent(run)
  } catch {
    return run.replaceAll('%', percent)
  }
}
