import type { Match } from '../schema/match.ts'
import type { MatchRequest } from './match-request.ts'
import { compilePathRegex, type PathRegex } from './regex/path-regex.ts'
import { compileHeaderRule, type CompiledHeaderRule, headerRuleHolds } from './rules/header-rule.ts'
import { compileQueryRule, type CompiledQueryRule, queryRuleHolds } from './rules/query-rule.ts'
import { matchTemplate } from './template/match-template.ts'
import { parseTemplate, type PathTemplate } from './template/parse-template.ts'

/** What a request must be besides what the tables are made of: listener, tenant, host, literal path and method. */
export interface RouteCriteria {
  /** Null: may be one or not. */
  readonly websocket: boolean | null
  readonly template: PathTemplate | null
  readonly regex: PathRegex | null
  readonly headers: readonly CompiledHeaderRule[]
  readonly query: readonly CompiledQueryRule[]
}

/** Null when there is nothing more to look at. What cannot be compiled was refused before, and fits no request. */
export function compileCriteria({ path, headers, query, websocket }: Match): RouteCriteria | null {
  const isPlain = path === undefined || path.type === 'exact' || path.type === 'prefix'
  if (isPlain && headers.length === 0 && query.length === 0 && websocket === undefined) return null
  return {
    websocket: websocket ?? null,
    template: path?.type === 'pattern' ? templateOf(path.value, path.caseSensitive ?? false) : null,
    regex: path?.type === 'regex' ? regexOf(path.value, path.caseSensitive ?? true) : null,
    headers: headers.map(compileHeaderRule),
    query: query.map(compileQueryRule)
  }
}

/** From what costs least to what costs most. */
export function criteriaHold(criteria: RouteCriteria, request: MatchRequest): boolean {
  const { websocket, template, regex, headers, query } = criteria
  if (websocket !== null && websocket !== request.isWebSocket) return false
  for (let index = 0; index < headers.length; index++) if (!headerRuleHolds(headers[index]!, request.fields)) return false
  for (let index = 0; index < query.length; index++) if (!queryRuleHolds(query[index]!, request.query)) return false
  if (template !== null && !matchTemplate(template, request.path, null)) return false
  return regex === null || regex.matches(request.path)
}

/** @throws Error when it cannot be read, which decoding has made sure of */
function templateOf(value: string, caseSensitive: boolean): PathTemplate {
  const template = parseTemplate(value, caseSensitive)
  if ('message' in template) throw new Error(`path pattern ${value}: ${template.message}`)
  return template
}

/** @throws Error when it cannot be compiled, which decoding has made sure of */
function regexOf(value: string, caseSensitive: boolean): PathRegex {
  const regex = compilePathRegex(value, caseSensitive)
  if ('message' in regex) throw new Error(`path expression ${value}: ${regex.message}`)
  return regex
}
