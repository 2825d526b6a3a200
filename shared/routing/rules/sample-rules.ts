import type { HeaderRule, QueryRule } from '../../schema/match.ts'

/** Header lines with which all the rules may hold; they hold unless rules contradict each other. */
export function sampleHeaderLines(rules: readonly HeaderRule[]): string {
  return rules.map(({ name, mode, values }) => isAbsent(mode) ? '' : `${name}: ${headerValue(mode, values)}\r\n`).join('')
}

/** A query, with its "?", with which all the rules may hold; empty when there is nothing to say. */
export function sampleQuery(rules: readonly QueryRule[]): string {
  const pairs = rules.filter(({ mode }) => !isAbsent(mode)).map(({ name, values }) => `${encodeURIComponent(name)}=${encodeURIComponent((values[0] ?? 'sample').toWellFormed())}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** Not being there is enough. */
function isAbsent(mode: HeaderRule['mode'] | QueryRule['mode']): boolean {
  return mode === 'NotContains' || mode === 'NotExists'
}

function headerValue(mode: HeaderRule['mode'], [value = 'sample']: readonly string[]): string {
  return mode === 'Contains' || mode === 'Exists' ? value : `"${value}"`
}
