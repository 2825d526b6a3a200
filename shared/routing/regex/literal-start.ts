const SPECIAL = /[\\.[\](){}*+?^$|]/
const OPTIONAL = new Set(['*', '?', '{'])

/** What every text begins with that an expression (RE2 syntax) matches from its start; '' where that is not plain to see. */
export function literalStart(pattern: string): string {
  const body = pattern.startsWith('^') ? pattern.slice(1) : pattern
  // One of the alternatives outside of groups may begin with something else.
  if (hasAlternatives(body)) return ''
  const end = body.search(SPECIAL)
  if (end === -1) return body
  return body.slice(0, OPTIONAL.has(body[end]!) ? Math.max(0, end - 1) : end)
}

/** There is a "|" in no group. What is escaped or in a class is taken for one all the same: that is on the safe side. */
function hasAlternatives(body: string): boolean {
  let depth = 0
  for (const character of body) {
    if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === '|' && depth <= 0) return true
    // An escaped or quoted parenthesis would make the depth wrong.
    else if (character === '\\' || character === '[') return body.includes('|')
  }
  return false
}
