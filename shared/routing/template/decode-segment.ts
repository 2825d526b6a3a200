const ESCAPES = /(?:%[0-9a-f]{2})+/gi
const SLASH = /%2f/i

/** A segment of a path as a person reads it: UTF-8 decoded, but not %2F, and nothing that is malformed. */
export function decodeSegment(segment: string): string {
  return segment.includes('%') ? segment.replace(ESCAPES, decodeRun) : segment
}

function decodeRun(run: string): string {
  if (SLASH.test(run)) return run.split(/(%2f)/i).map((part) => SLASH.test(part) ? part : part === '' ? '' : decodeRun(part)).join('')
  try {
    return decodeURIComponent(run)
  } catch {
    return run
  }
}
