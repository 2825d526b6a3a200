import { foldCase, startsFoldedAt } from './fold-case.ts'

const AMPERSAND = 0x26
const EQUALS = 0x3d
const PERCENT = 0x25
const PLUS = 0x2b

/** One character as bytes of well-formed UTF-8, each %XX (RFC 3629 section 4). */
const CHARACTER = new RegExp([
  '%[0-7]H',
  '%(?:c[2-9a-f]|dH)T',
  '%e0%[ab]HT',
  '%e[1-9a-cef]TT',
  '%ed%[89]HT',
  '%f0%[9ab]HTT',
  '%f[1-3]TTT',
  '%f4%8HTT'
].join('|').replaceAll('T', '%[89ab]H').replaceAll('H', '[0-9a-f]'), 'gi')

/**
 * Calls `visit` with the decoded value of each parameter of this name; stops when it returns true. `query` may begin with
 * its "?"; `name` is folded, and letter case of names is ignored.
 * @returns whether a visit returned true
 */
export function someQueryValue(query: string, name: string, visit: (value: string) => boolean): boolean {
  for (let at = findParameter(query, name, 0); at !== -1;) {
    const end = pairEnd(query, at)
    const pair = query.slice(at, end)
    const equals = pair.indexOf('=')
    if (visit(equals === -1 ? '' : decodeQueryText(pair.slice(equals + 1)))) return true
    at = findParameter(query, name, end + 1)
  }
  return false
}

/**
 * Where the first parameter of this name at or behind `from` begins, which is 0 or the start of a pair; -1 when there is
 * none. Text is cut out only for names that are written with escapes.
 */
export function findParameter(query: string, name: string, from: number): number {
  for (let at = from === 0 && query.startsWith('?') ? 1 : from; at < query.length; at = pairEnd(query, at) + 1) {
    let nameEnd = at
    let isPlain = true
    for (; nameEnd < query.length; nameEnd++) {
      const code = query.charCodeAt(nameEnd)
      if (code === EQUALS || code === AMPERSAND) break
      if (code === PERCENT || code === PLUS || code > 0x7f) isPlain = false
    }
    const isNamed = isPlain
      ? nameEnd - at === name.length && startsFoldedAt(query, at, name)
      : foldCase(decodeQueryText(query.slice(at, nameEnd))) === name
    if (isNamed) return at
  }
  return -1
}

function pairEnd(query: string, at: number): number {
  const end = query.indexOf('&', at)
  return end === -1 ? query.length : end
}

/** "+" is a space, %XX a byte of UTF-8; what is malformed stays as it is, and hides nothing beside it. */
export function decodeQueryText(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  return spaced.includes('%') ? spaced.replace(CHARACTER, decodeURIComponent) : spaced
}
