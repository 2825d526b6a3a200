import type { PathMatch } from '../schema/match.ts'
import { parseTemplate } from './template/parse-template.ts'
import { templatePrecedence } from './template/template-precedence.ts'

/** Digits of the kinds of segment (aspnetcore RoutePrecedence.cs); a smaller digit wins. */
const LITERAL = '1'
const CATCH_ALL = '5'
/** After every path that is made of segments. */
const REGEX = '8'
const NO_PATH = '9'

/**
 * The rank of a path criterion as text; of two that fit the same request, the smaller text wins:
 * one digit a segment from the left, a prefix being its literal segments and then a catch-all.
 */
export function pathPrecedence(path: PathMatch | undefined): string {
  if (path === undefined) return NO_PATH
  switch (path.type) {
    case 'exact':
      return literals(path.value)
    case 'prefix':
      return literals(path.value.endsWith('/') ? path.value.slice(0, -1) : path.value) + CATCH_ALL
    case 'pattern':
      return patternPrecedence(path)
    case 'regex':
      return REGEX
  }
}

/** What cannot be read was refused before. */
function patternPrecedence({ value }: PathMatch): string {
  const template = parseTemplate(value)
  return 'message' in template ? REGEX : templatePrecedence(template)
}

function literals(path: string): string {
  let digits = ''
  for (let index = 0; index < path.length; index++) if (path[index] === '/') digits += LITERAL
  return digits
}
