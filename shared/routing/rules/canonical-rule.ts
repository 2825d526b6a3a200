import type { HeaderRule, QueryRule } from '../../schema/match.ts'
import { foldCase } from './fold-case.ts'
import { foldedUnless } from './value-test.ts'

type Mode = HeaderRule['mode'] | QueryRule['mode']

/**
 * Equal for rules that mean the same: the name folded, values in one order without those that others make needless,
 * letter case folded where it does not matter or there is none. A rule that spells out every letter case is not seen to
 * be one that ignores it.
 */
export function canonicalRule({ name, mode, values, isCaseSensitive }: HeaderRule | QueryRule): string {
  const distinct = [...new Set(values.map((value) => foldedUnless(isCaseSensitive, value)))]
  const needed = distinct.filter((value) => !distinct.some((other) => other !== value && isCovered(mode, value, other))).sort()
  return JSON.stringify([foldCase(name), mode, isCaseSensitive && needed.some(hasCase), needed])
}

function hasCase(value: string): boolean {
  return foldCase(value) !== value || foldCase(value.toUpperCase()) !== value.toUpperCase()
}

/** Whether all that fits `value` fits the shorter `other` too. */
function isCovered(mode: Mode, value: string, other: string): boolean {
  if (mode === 'HeaderPrefix' || mode === 'Prefix') return value.startsWith(other)
  return (mode === 'Contains' || mode === 'NotContains') && value.includes(other)
}
