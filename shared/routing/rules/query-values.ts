import { startsFoldedAt } from './fold-case.ts'

const EQUALS = 0x3d
const ENCODED = /[%+\u0080-\uffff]/

/**
 * Calls `visit` with the decoded value of each parameter of this name; stops when it returns true. `query` may begin with
 * its "?"; `name` is in lower case, and letter case of names is ignored.
 * @returns whether a visit returned true
 */
export function someQueryValue(query: string, name: string, visit: (value: string) => boolean): boolean {
  for (let at = query.startsWith('?') ? 1 : 0; at < query.length;) {
    const found = query.indexOf('&', at)
    const end = found === -1 ? query.length : found
    const valueStart = valueBehind(query, at, end, name)
    if (valueStart !== -1 && visit(decodeQueryText(query.slice(valueStart, end)))) return true
    at = end + 1
  }
  return false
}

/** Where the value of the pair in query[at, end) begins; -1 when its name is another. */
function valueBehind(query: string, at: number, end: number, name: string): number {
  const afterName = at + name.length
  // Most names are written as they are: no text is cut out for them.
  if (afterName <= end && startsFoldedAt(query, at, name)) {
    if (afterName === end) return end
    if (query.charCodeAt(afterName) === EQUALS) return afterName + 1
  }
  const equals = query.indexOf('=', at)
  const nameEnd = equals === -1 || equals > end ? end : equals
  const written = query.slice(at, nameEnd)
  if (!ENCODED.test(written) || decodeQueryText(written).toLowerCase() !== name) return -1
  return nameEnd === end ? end : nameEnd + 1
}

/** "+" is a space, %XX a byte of UTF-8; what is malformed stays as it is. */
export function decodeQueryText(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  return spaced.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}
