/**
 * Brings the path of a request (no query) into the one form that is matched and forwarded: unreserved
 * characters decoded, other triplets in upper case, dot segments removed (RFC 3986 section 6.2.2).
 * Empty segments stay. Null means 400: not starting with "/", a character that no path may hold
 * (control, space, non-ASCII, "\", NUL, "%5C", "%00"), a malformed triplet, or ".." above the root.
 */
export function normalizePath(rawPath: string): string | null {
  if (rawPath.charCodeAt(0) !== SLASH) return null
  let hasTriplet = false
  let hasDots = false
  for (let index = 1; index < rawPath.length; index++) {
    const code = rawPath.charCodeAt(index)
    if (code <= 0x20 || code >= 0x7f || code === BACKSLASH) return null
    if (code === PERCENT) hasTriplet = true
    else if (code === DOT && rawPath.charCodeAt(index - 1) === SLASH) hasDots = true
  }
  if (!hasTriplet) return hasDots ? removeDotSegments(rawPath) : rawPath
  const decoded = decodeTriplets(rawPath)
  return decoded === null ? null : removeDotSegments(decoded)
}

const SLASH = 0x2f
const DOT = 0x2e
const PERCENT = 0x25
const BACKSLASH = 0x5c

function decodeTriplets(path: string): string | null {
  let output = ''
  let from = 0
  for (let at = path.indexOf('%'); at !== -1; at = path.indexOf('%', at + 3)) {
    const code = hexValue(path.charCodeAt(at + 1)) * 16 + hexValue(path.charCodeAt(at + 2))
    if (Number.isNaN(code) || code === 0 || code === BACKSLASH) return null
    output += path.slice(from, at)
    output += isUnreserved(code) ? String.fromCharCode(code) : path.slice(at, at + 3).toUpperCase()
    from = at + 3
  }
  return output + path.slice(from)
}

/** Value of a hex digit; NaN for anything else, also behind the end. */
function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : NaN
}

/** RFC 3986 section 2.3. */
function isUnreserved(code: number): boolean {
  const lower = code | 0x20
  return (lower >= 0x61 && lower <= 0x7a && code >= 0x41) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === DOT || code === 0x5f || code === 0x7e
}

/** RFC 3986 section 5.2.4, but ".." above the root is refused. */
function removeDotSegments(path: string): string | null {
  if (!/\/\.\.?(\/|$)/.test(path)) return path
  const kept: string[] = []
  const segments = path.split('/')
  for (let index = 1; index < segments.length; index++) {
    const segment = segments[index]!
    const isDots = segment === '.' || segment === '..'
    if (!isDots) kept.push(segment)
    else if (segment === '..' && kept.pop() === undefined) return null
    if (isDots && index === segments.length - 1) kept.push('')
  }
  return '/' + kept.join('/')
}
