import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HeaderRule, QueryRule } from '../../schema/match.ts'
import { seededRandom } from '../../testing/seeded-random.ts'
import { canonicalRule } from './canonical-rule.ts'
import { compileHeaderRule, headerRuleHolds } from './header-rule.ts'
import { compileQueryRule, queryRuleHolds } from './query-rule.ts'
import { decodeQueryText } from './query-values.ts'

type HeaderMode = HeaderRule['mode']
type QueryMode = QueryRule['mode']
const headerRule = (mode: HeaderMode, values: string[], isCaseSensitive = false, name = 'X-Test'): HeaderRule => ({ name, mode, values, isCaseSensitive })
const queryRule = (mode: QueryMode, values: string[], isCaseSensitive = false, name = 'Key'): QueryRule => ({ name, mode, values, isCaseSensitive })
const header = (rule: HeaderRule, ...lines: string[]): boolean => headerRuleHolds(compileHeaderRule(rule), lines.map((line) => `${line}\r\n`).join(''))
const query = (rule: QueryRule, text: string): boolean => queryRuleHolds(compileQueryRule(rule), text)

/** No line, one empty line, two empty lines. */
const ABSENT: Record<HeaderMode, [none: boolean, empty: boolean, twoEmpty: boolean]> = {
  ExactHeader: [false, false, false],
  HeaderPrefix: [false, false, false],
  Contains: [false, false, false],
  NotContains: [true, true, true],
  Exists: [false, false, true],
  NotExists: [true, true, false]
}

describe('header rules', () => {
  for (const [mode, expected] of Object.entries(ABSENT) as [HeaderMode, boolean[]][]) {
    test(`${mode}: a header that is not there, empty, or twice empty`, () => {
      const rule = headerRule(mode, mode.endsWith('Exists') ? [] : ['a'])
      assert.deepEqual([header(rule, 'Other: a'), header(rule, 'X-Test:'), header(rule, 'X-Test: ', 'x-test:')], expected)
    })
  }

  const rows: [mode: HeaderMode, values: string[], isCaseSensitive: boolean, line: string, holds: boolean][] = [
    ['ExactHeader', ['one'], false, 'X-Test: one', true],
    ['ExactHeader', ['one'], false, 'x-tEST:ONE ', true],
    ['ExactHeader', ['one'], true, 'X-Test: ONE', false],
    ['ExactHeader', ['one'], false, 'X-Test: onetwo', false],
    ['ExactHeader', ['one', 'two'], false, 'X-Test: two', true],
    ['ExactHeader', ['two'], false, 'X-Test: one, two', true],
    ['ExactHeader', ['two'], false, 'X-Test: one,"two"', true],
    ['ExactHeader', ['"two"'], false, 'X-Test: ""two""', true],
    ['ExactHeader', ['a,b'], false, 'X-Test: one, "a,b"', true],
    ['ExactHeader', ['b'], false, 'X-Test: one, "a,b"', false],
    ['ExactHeader', ['two'], false, 'X-Test: one; two', false],
    ['ExactHeader', ['one, two'], false, 'X-Test: one, two', false],
    ['ExactHeader', ['caf\u00e9'], false, 'X-Test: CAF\u00c9', true],
    ['HeaderPrefix', ['on'], false, 'X-Test: One', true],
    ['HeaderPrefix', ['on'], true, 'X-Test: One', false],
    ['HeaderPrefix', ['tw'], false, 'X-Test: one, two', true],
    ['HeaderPrefix', ['wo'], false, 'X-Test: one, two', false],
    ['HeaderPrefix', ['tw'], false, 'X-Test: one, "two"', true],
    ['Contains', ['e, t'], false, 'X-Test: one, two', true],
    ['Contains', ['E, T'], true, 'X-Test: one, two', false],
    ['Contains', ['"t'], false, 'X-Test: one, "two"', true],
    ['Contains', ['x', 'wo'], false, 'X-Test: one, two', true],
    ['NotContains', ['x', 'y'], false, 'X-Test: one', true],
    ['NotContains', ['x', 'n'], false, 'X-Test: one', false],
    ['NotContains', ['N'], true, 'X-Test: one', true],
    ['Exists', [], false, 'X-Test: one', true],
    ['NotExists', [], false, 'X-Test: one', false],
    ['Exists', [], false, 'X-Test-More: one', false],
    ['Exists', [], false, 'X-Tes: X-Test: one', false]
  ]
  for (const [mode, values, isCaseSensitive, line, holds] of rows) {
    test(`${mode} ${JSON.stringify(values)}${isCaseSensitive ? ' with letter case' : ''}: ${line} ${holds ? 'fits' : 'does not fit'}`, () => assert.equal(header(headerRule(mode, values, isCaseSensitive), line), holds))
  }

  test('several lines of one name are several values', () => {
    assert.equal(header(headerRule('ExactHeader', ['two']), 'X-Test: one', 'Other: x', 'x-test: two'), true)
    assert.equal(header(headerRule('NotContains', ['two']), 'X-Test: one', 'x-test: two'), false)
    assert.equal(header(headerRule('Exists', []), 'X-Test:', 'x-test: two'), true)
  })

  test('cookies are split at semicolons', () => {
    assert.equal(header(headerRule('ExactHeader', ['b=2'], false, 'Cookie'), 'Cookie: a=1; b=2'), true)
    assert.equal(header(headerRule('HeaderPrefix', ['b='], false, 'Cookie'), 'Cookie: a=1; b=2'), true)
    assert.equal(header(headerRule('ExactHeader', ['b=2'], false, 'Cookie'), 'Cookie: a=1, b=2'), false)
  })
})

/** No parameter, without "=", empty. */
const MISSING: Record<QueryMode, boolean> = { Exact: false, Prefix: false, Contains: false, NotContains: true, Exists: false, NotExists: true }

describe('query rules', () => {
  for (const [mode, expected] of Object.entries(MISSING) as [QueryMode, boolean][]) {
    test(`${mode}: a parameter that is not there, or empty`, () => {
      const rule = queryRule(mode, mode.endsWith('Exists') ? [] : ['a'])
      for (const text of ['', '?', '?other=a', '?key', '?key=', '?key=&key=', '?&&', '?=a', '?akey=a', '?keya=a']) assert.equal(query(rule, text), expected, text)
    })
  }

  const rows: [mode: QueryMode, values: string[], isCaseSensitive: boolean, text: string, holds: boolean][] = [
    ['Exact', ['one'], false, '?key=one', true],
    ['Exact', ['one'], false, 'KEY=ONE', true],
    ['Exact', ['one'], true, '?key=ONE', false],
    ['Exact', ['one'], false, '?key=onetwo', false],
    ['Exact', ['two'], false, '?a=b&key=one&Key=two', true],
    ['Exact', ['one two'], false, '?key=one+two', true],
    ['Exact', ['one two'], false, '?key=one%20two', true],
    ['Exact', ['one'], false, '?%6Bey=one', true],
    ['Exact', ['\u00e9'], false, '?key=%C3%A9', true],
    ['Exact', ['%g1'], false, '?key=%G1', true],
    ['Exact', ['a=b'], false, '?key=a=b', true],
    ['Exact', ['%c3 x'], false, '?key=%C3+x', true],
    ['Prefix', ['on'], false, '?key=One', true],
    ['Prefix', ['on'], true, '?key=One', false],
    ['Prefix', ['ne'], false, '?key=one', false],
    ['Contains', ['n'], false, '?key=one', true],
    ['Contains', ['x', 'N'], true, '?key=one', false],
    ['NotContains', ['x'], false, '?key=one', true],
    ['NotContains', ['x'], false, '?key=one&key=axb', false],
    ['Exists', [], false, '?key=one', true],
    ['Exists', [], false, '?key=&key=one', true],
    ['NotExists', [], false, '?key=one', false]
  ]
  for (const [mode, values, isCaseSensitive, text, holds] of rows) {
    test(`${mode} ${JSON.stringify(values)}${isCaseSensitive ? ' with letter case' : ''}: ${text} ${holds ? 'fits' : 'does not fit'}`, () => assert.equal(query(queryRule(mode, values, isCaseSensitive), text), holds))
  }

  test('find a name exactly where a plain search of the decoded pairs finds it', () => {
    const pick = seededRandom(99)
    const part = (): string => Array.from({ length: pick.below(4) }, () => pick.one(['k', 'K', 'e', 'y', '%6B', '%4b', '+', '%', '=', '%C3%A9'])).join('')
    for (let round = 0; round < 20_000; round++) {
      const text = `?${Array.from({ length: pick.below(4) }, () => `${pick.one(['key', 'ke', 'Ke%79', part()])}${pick.one(['', '=', '=v', `=${part()}`])}`).join('&')}`
      const values = valuesOf(text)
      assert.equal(query(queryRule('Exists', []), text), values.some((value) => value !== ''), text)
      assert.equal(query(queryRule('Contains', ['v']), text), values.some((value) => value.toLowerCase().includes('v')), text)
    }
  })
})

test('canonicalRule: equal for rules that mean the same', () => {
  assert.equal(canonicalRule(headerRule('ExactHeader', ['A', 'b', 'a'])), canonicalRule(headerRule('ExactHeader', ['B', 'a'], false, 'x-TEST')))
  assert.notEqual(canonicalRule(headerRule('ExactHeader', ['A'], true)), canonicalRule(headerRule('ExactHeader', ['a'], true)))
  assert.notEqual(canonicalRule(headerRule('ExactHeader', ['a'])), canonicalRule(headerRule('HeaderPrefix', ['a'])))
  assert.equal(canonicalRule(headerRule('Exists', [], true)), canonicalRule(headerRule('Exists', [])))
})

/** Values of the parameter "key", found by taking everything apart. */
function valuesOf(text: string): string[] {
  const pairs = text.slice(1).split('&').map((pair) => pair.split(/=(.*)/s, 2).map(decodeQueryText))
  return pairs.filter(([name]) => name!.toLowerCase() === 'key').map(([, value = '']) => value)
}
