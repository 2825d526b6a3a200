import type { HeaderRule, QueryRule } from '../../schema/match.ts'
import { compileHeaderRule, headerRuleHolds } from './header-rule.ts'

/** Header lines with which all the rules may hold; they hold unless rules contradict each other or ask for what no header can be. */
export function sampleHeaderLines(rules: readonly HeaderRule[]): string {
  return rules.map(sampleLine).join('')
}

/** A query, with its "?", with which all the rules may hold; empty when there is nothing to say. */
export function sampleQuery(rules: readonly QueryRule[]): string {
  const pairs = rules.filter(({ mode }) => !isAbsent(mode)).map(({ name, values }) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent((values[0] ?? 'sample').toWellFormed())}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** Not being there is enough. */
function isAbsent(mode: HeaderRule['mode'] | QueryRule['mode']): boolean {
  return mode === 'NotContains' || mode === 'NotExists'
}

/** Quotes keep spaces and separators; a value that has quotes of its own may only fit without more. */
function sampleLine(rule: HeaderRule): string {
  const { name, mode, values: [value = 'sample'] } = rule
  if (isAbsent(mode)) return ''
  const plain = `${name}: ${value}\r\n`
  const quoted = `${name}: "${value}"\r\n`
  return mode !== 'Exists' && headerRuleHolds(compileHeaderRule(rule), quoted) ? quoted : plain
}
