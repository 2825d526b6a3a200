/*
 * The query as text with its "?", or empty. What is not changed stays as the client wrote it. Names are compared decoded,
 * letter case ignored.
 */

function pairsOf(query: string): string[] {
  return query.length <= 1 ? [] : query.slice(1).split('&')
}

function textOf(pairs: readonly string[]): string {
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** A malformed escape stays as it is. */
function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

function isNamed(pair: string, name: string): boolean {
  const end = pair.indexOf('=')
  return decoded(end === -1 ? pair : pair.slice(0, end)).toLowerCase() === name.toLowerCase()
}

function pairOf(name: string, value: string): string {
  return `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`
}

/** The parameter with this one value, where it first stood, else at the end. */
export function withParameter(query: string, name: string, value: string): string {
  const pairs = pairsOf(query)
  const first = pairs.findIndex((pair) => isNamed(pair, name))
  if (first === -1) return textOf([...pairs, pairOf(name, value)])
  return textOf(pairs.flatMap((pair, index) => index === first ? [pairOf(name, value)] : isNamed(pair, name) ? [] : [pair]))
}

/** One value more, behind those that are there. */
export function withMoreOf(query: string, name: string, value: string): string {
  const pairs = pairsOf(query)
  const last = pairs.findLastIndex((pair) => isNamed(pair, name))
  pairs.splice(last === -1 ? pairs.length : last + 1, 0, pairOf(name, value))
  return textOf(pairs)
}

export function withoutParameter(query: string, name: string): string {
  const pairs = pairsOf(query)
  return pairs.some((pair) => isNamed(pair, name)) ? textOf(pairs.filter((pair) => !isNamed(pair, name))) : query
}

/** The decoded values of the parameter, in their order. */
export function parameterValues(query: string, name: string): string[] {
  return pairsOf(query).filter((pair) => isNamed(pair, name)).map((pair) => (pair.includes('=') ? decoded(pair.slice(pair.indexOf('=') + 1)) : ''))
}

/** As parameterValues; null for one whose escapes are malformed, or no UTF-8. */
export function strictParameterValues(query: string, name: string): (string | null)[] {
  return pairsOf(query).filter((pair) => isNamed(pair, name)).map((pair) => {
    try {
      return pair.includes('=') ? decodeURIComponent(pair.slice(pair.indexOf('=') + 1).replaceAll('+', ' ')) : ''
    } catch {
      return null
    }
  })
}
