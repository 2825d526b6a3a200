import type { HeaderRule } from '../../schema/match.ts'
import { findHeader, isOnePart, someHeaderValue, splitHeaderValue } from './header-values.ts'
import { foldedUnless, someValue, type ValueTest } from './value-test.ts'

/** A rule about a header, ready to be tried. Plain data. */
export interface CompiledHeaderRule {
  /** In lower case. */
  readonly name: string
  readonly mode: HeaderRule['mode']
  /** In lower case when letter case does not matter. */
  readonly values: readonly string[]
  readonly isCaseSensitive: boolean
  /** Between the parts of a value. */
  readonly separator: ',' | ';'
}

export function compileHeaderRule({ name, mode, values, isCaseSensitive }: HeaderRule): CompiledHeaderRule {
  const folded = name.toLowerCase()
  return { name: folded, mode, values: values.map((value) => foldedUnless(isCaseSensitive, value)), isCaseSensitive, separator: folded === 'cookie' ? ';' : ',' }
}

/** Whether a request with these header lines fits (YARP HeaderMatcherPolicy.cs). */
export function headerRuleHolds(rule: CompiledHeaderRule, fields: string): boolean {
  const first = findHeader(fields, rule.name, 0)
  if (first === -1) return rule.mode === 'NotContains' || rule.mode === 'NotExists'
  switch (rule.mode) {
    case 'Exists':
      return exists(rule, fields, first)
    case 'NotExists':
      return !exists(rule, fields, first)
    case 'Contains':
      return anyHolds(rule, fields, first, (given, wanted) => given.includes(wanted))
    case 'NotContains':
      return !anyHolds(rule, fields, first, (given, wanted) => given.includes(wanted))
    case 'ExactHeader':
      return anyPartHolds(rule, fields, first, (given, wanted) => given === wanted)
    case 'HeaderPrefix':
      return anyPartHolds(rule, fields, first, (given, wanted) => given.startsWith(wanted))
  }
}

/** One empty line is as good as none; several are there, whatever they hold. */
function exists({ name }: CompiledHeaderRule, fields: string, first: number): boolean {
  let count = 0
  return someHeaderValue(fields, name, first, (value) => value !== '' || ++count > 1)
}

function anyHolds(rule: CompiledHeaderRule, fields: string, first: number, test: ValueTest): boolean {
  return someHeaderValue(fields, rule.name, first, (value) => value !== '' && someValue(rule, value, test))
}

function anyPartHolds(rule: CompiledHeaderRule, fields: string, first: number, test: ValueTest): boolean {
  return someHeaderValue(fields, rule.name, first, (value) => {
    // Most values are one part, and no list has to be made.
    if (isOnePart(value, rule.separator)) return value !== '' && someValue(rule, value, test)
    return splitHeaderValue(value, rule.separator).some((part) => part !== '' && someValue(rule, part, test))
  })
}
