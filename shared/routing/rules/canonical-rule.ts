import type { HeaderRule, QueryRule } from '../../schema/match.ts'
import { foldedUnless } from './value-test.ts'

/** Equal for rules that mean the same: name and, where it does not matter, letter case folded, values in one order. */
export function canonicalRule({ name, mode, values, isCaseSensitive }: HeaderRule | QueryRule): string {
  const folded = [...new Set(values.map((value) => foldedUnless(isCaseSensitive, value)))].sort()
  return JSON.stringify([name.toLowerCase(), mode, folded.length > 0 && isCaseSensitive, folded])
}
