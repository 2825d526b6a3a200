import { foldCase } from './fold-case.ts'

export type ValueTest = (given: string, wanted: string) => boolean

interface Wanted {
  readonly values: readonly string[]
  readonly isCaseSensitive: boolean
}

export function foldedUnless(isCaseSensitive: boolean, text: string): string {
  return isCaseSensitive ? text : foldCase(text)
}

/** Whether the test holds between a value of the request and one of those that are wanted. */
export function someValue(rule: Wanted, value: string, test: ValueTest): boolean {
  const given = foldedUnless(rule.isCaseSensitive, value)
  for (let index = 0; index < rule.values.length; index++) if (test(given, rule.values[index]!)) return true
  return false
}
