import { normalizePath } from '../routing/normalize-path.ts'
import { compilePathRegex } from '../routing/regex/path-regex.ts'
import { parseTemplate } from '../routing/template/parse-template.ts'
import type { PathMatch } from '../schema/match.ts'
import type { Route } from '../schema/route.ts'
import { type DecodeContext, report } from './decode-context.ts'
import { refineTransforms } from './refine-transforms.ts'
import type { Loose } from './loose.ts'

const ACTIONS = ['upstreamId', 'split', 'redirect', 'respond'] as const

/** Checks across the fields of a route, and the stored form of its path. */
export function refineRoute(route: Loose<Route>, context: DecodeContext): void {
  if ('tenantCode' in route === 'isGlobal' in route) {
    report(context, 'exactly_one_scope', 'a route has exactly one of tenantCode and isGlobal: true')
  }
  const actions = ACTIONS.filter((action) => action in route)
  if (actions.length !== 1) {
    const given = actions.length === 0 ? 'none is given' : `${actions.join(' and ')} are given`
    report(context, 'exactly_one_action', `a route has exactly one of ${ACTIONS.join(', ')}; ${given}`)
  }
  refineSplit(route, context)
  refineTransforms(route, context)
  const { match } = route
  if (match === undefined) return
  if (match.path !== undefined) refinePath(match.path, context)
  refineRules('headers', match.headers, context)
  refineRules('query', match.query, context)
}

function refineSplit(route: Loose<Route>, context: DecodeContext): void {
  const split = route.split
  if (split === undefined) return
  const seen = new Set<string>()
  for (const [index, entry] of split.entries()) {
    const id = entry?.upstreamId
    if (id === undefined) continue
    if (seen.has(id)) report(context, 'duplicate_value', `split[${index}] names an upstream that another entry names too`, 'split', index, 'upstreamId')
    seen.add(id)
  }
  if (split.every((entry) => entry?.weight === 0)) report(context, 'invalid_value', 'one entry of split needs a weight above 0', 'split')
}

function refinePath(path: Loose<PathMatch>, context: DecodeContext): void {
  const { type, value } = path
  if (value === undefined) return
  if (type === 'pattern') return refinePattern(value, context)
  if (type === 'regex') return refineExpression(value, path.caseSensitive ?? true, context)
  const problem = pathProblem(value)
  const normal = problem === undefined ? normalizePath(encodeOthers(value)) : null
  if (normal !== null) path.value = normal
  else report(context, 'invalid_value', problem ?? 'value is not a path that a request can have: look for %XX, "\\" and ".."', 'match', 'path', 'value')
}

function refinePattern(value: string, context: DecodeContext): void {
  const template = parseTemplate(value)
  if ('message' in template) report(context, 'bad_path_pattern', `value, at character ${template.at + 1}: ${template.message}`, 'match', 'path', 'value')
}

function refineExpression(value: string, caseSensitive: boolean, context: DecodeContext): void {
  const regex = compilePathRegex(value, caseSensitive)
  if ('message' in regex) report(context, 'bad_path_regex', `value: ${regex.message}`, 'match', 'path', 'value')
}

function pathProblem(value: string): string | undefined {
  if (!value.startsWith('/')) return 'value must start with /'
  if (value.includes('?')) return 'value must not hold a query; use match.query'
  if (value.includes('#')) return 'value must not hold #; write %23'
  return undefined
}

/** Percent-encodes what a person may write but no request can hold. */
function encodeOthers(value: string): string {
  return value.replace(/[^\x21-\x7e]+/gu, (text) => encodeURIComponent(text))
}

function refineRules(field: 'headers' | 'query', rules: ({ mode?: string; values?: unknown[] } | undefined)[] | undefined, context: DecodeContext): void {
  for (const [index, rule] of (rules ?? []).entries()) {
    if (rule?.mode === undefined || rule.values === undefined) continue
    const isPresence = rule.mode === 'Exists' || rule.mode === 'NotExists'
    if (isPresence && rule.values.length > 0) report(context, 'invalid_value', `values must be empty with mode ${rule.mode}`, 'match', field, index, 'values')
    if (!isPresence && rule.values.length === 0) report(context, 'required', `values needs at least one value with mode ${rule.mode}`, 'match', field, index, 'values')
  }
}
