import type { QueryRule } from '../../schema/match.ts'
import { foldCase } from './fold-case.ts'
import { findParameter, someQueryValue } from './query-values.ts'
import { foldedUnless, someValue } from './value-test.ts'

/** A rule about a query parameter, ready to be tried. Plain data. */
export interface CompiledQueryRule {
  /** Folded. */
  readonly name: string
  readonly mode: QueryRule['mode']
  /** In lower case when letter case does not matter. */
  readonly values: readonly string[]
  readonly isCaseSensitive: boolean
}

export function compileQueryRule({ name, mode, values, isCaseSensitive }: QueryRule): CompiledQueryRule {
  return { name: foldCase(name), mode, values: values.map((value) => foldedUnless(isCaseSensitive, value)), isCaseSensitive }
}

/**
 * Whether a request with this query (with or without its "?") fits (YARP QueryParameterMatcherPolicy.cs). Of several
 * parameters of one name any may fit; a missing or empty one fits only NotContains and NotExists.
 */
export function queryRuleHolds(rule: CompiledQueryRule, query: string): boolean {
  if (findParameter(query, rule.name, 0) === -1) return rule.mode === 'NotContains' || rule.mode === 'NotExists'
  switch (rule.mode) {
    case 'Exists':
      return someQueryValue(query, rule.name, isNotEmpty)
    case 'NotExists':
      return !someQueryValue(query, rule.name, isNotEmpty)
    case 'Exact':
      return someQueryValue(query, rule.name, (value) => isNotEmpty(value) && someValue(rule, value, (given, wanted) => given === wanted))
    case 'Prefix':
      return someQueryValue(query, rule.name, (value) => isNotEmpty(value) && someValue(rule, value, (given, wanted) => given.startsWith(wanted)))
    case 'Contains':
      return contains(rule, query)
    case 'NotContains':
      return !contains(rule, query)
  }
}

function isNotEmpty(value: string): boolean {
  return value !== ''
}

function contains(rule: CompiledQueryRule, query: string): boolean {
  return someQueryValue(query, rule.name, (value) => isNotEmpty(value) && someValue(rule, value, (given, wanted) => given.includes(wanted)))
}
