import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { QueryRule } from '../../schema/match.ts'
import { type SeededRandom, seededRandom } from '../../testing/seeded-random.ts'
import { compileQueryRule, queryRuleHolds } from './query-rule.ts'
import { decodeQueryText } from './query-values.ts'

type Mode = QueryRule['mode']
const MODES: readonly Mode[] = ['Exact', 'Prefix', 'Contains', 'NotContains', 'Exists', 'NotExists']
const ruleOf = (mode: Mode, values: string[], more: Partial<QueryRule> = {}): QueryRule => ({ name: 'a', mode, values: mode.endsWith('Exists') ? [] : values, isCaseSensitive: false, ...more })
const holds = (rule: QueryRule, query: string): boolean => queryRuleHolds(compileQueryRule(rule), query)

describe('decoding', () => {
  const cases: [written: string, read: string][] = [
    ['a+b', 'a b'],
    ['%2B', '+'],
    ['%41%62', 'Ab'],
    ['%c3%A9', '\u00e9'],
    ['%E2%82%AC', '\u20ac'],
    ['%F0%9F%98%80', '\u{1f600}'],
    ['%G1%4', '%G1%4'],
    ['%', '%'],
    ['%41%FF%42', 'A%FFB'],
    ['%C3%41', '%C3A'],
    ['%E2%82%C3%A9', '%E2%82\u00e9'],
    ['%C0%80', '%C0%80'],
    ['%ED%A0%80', '%ED%A0%80'],
    ['%F4%90%80%80', '%F4%90%80%80'],
    ['%2541', '%41'],
    ['%00', '\0']
  ]
  for (const [written, read] of cases) test(`${written} is read as ${JSON.stringify(read)}`, () => assert.equal(decodeQueryText(written), read))

  test('every character that has a form of its own is read back', () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 251) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const character = String.fromCodePoint(code)
      assert.equal(decodeQueryText(`%FF${encodeURIComponent(character)}`), `%FF${character}`)
    }
  })
})

test('a byte that is no text does not hide what stands before it from a rule', () => {
  assert.equal(holds(ruleOf('NotContains', ['admin']), 'a=%61%64%6d%69%6e%ff'), false)
  assert.equal(holds(ruleOf('Contains', ['admin']), 'a=%61%64%6d%69%6e%ff'), true)
})

describe('names', () => {
  test('written in another way', () => {
    for (const query of ['a=1', '?a=1', 'A=1', '%41=1', '?%61=1', 'b&a=1', '&&a=1', 'a&b=&a=1', '=2&a=1', '%zz=0&a=1']) assert.equal(holds(ruleOf('Exact', ['1']), query), true, query)
  })
  test('another one', () => {
    for (const query of ['', '?', '&', '=1', 'ab=1', 'b=a=1', '+a=1', 'a+=1', '%2561=1', 'b=1&', '??a=1', 'a%3D1', 'b?a=1']) assert.equal(holds(ruleOf('Exists', []), query), false, query)
  })
  test('with spaces and characters outside of ASCII', () => {
    assert.equal(holds(ruleOf('Exists', [], { name: '\u00c9 a' }), '%C3%A9+A=1'), true)
    assert.equal(holds(ruleOf('Exists', [], { name: 'A B' }), 'a%20b=1'), true)
    assert.equal(holds(ruleOf('Exists', [], { name: '\u03a3' }), '%CF%82=1'), true, 'both small sigmas are the same letter')
  })
})

test('the letter case of Greek is ignored wherever a letter stands', () => {
  assert.equal(holds(ruleOf('Contains', ['\u0391\u03a3']), `a=${encodeURIComponent('\u0391\u03a3\u0391')}`), true)
})

for (const pair of ['b&', 'a&', '&', 'a=&', '%62&']) {
  // Time that grew with the square of the length would not end.
  test(`a query of a million times ${pair} is read once`, () => assert.equal(holds(ruleOf('Exists', []), pair.repeat(1_000_000)), false))
}

test('every rule holds exactly where taking the query apart says so', () => {
  const pick = seededRandom(21)
  for (let round = 0; round < 30_000; round++) {
    const rule = ruleOf(pick.one(MODES), [textOf(pick, 2) || 'a', 'b a'], { isCaseSensitive: pick.below(2) === 0, name: pick.one(['a', 'A', '\u00e9']) })
    const query = pick.one(['', '?']) + Array.from({ length: pick.below(4) }, () => textOf(pick, 6)).join('&')
    assert.equal(holds(rule, query), plainAnswer(rule, query), JSON.stringify({ round, rule, query }))
  }
})

function textOf(pick: SeededRandom, most: number): string {
  return Array.from({ length: pick.below(most + 1) }, () => pick.one(['a', 'A', 'b', '=', '=', '+', '%61', '%41', '%C3%A9', '%c3%89', '%C3', '%', '%G1'])).join('')
}

/** Pairs as arrays, bytes decoded one after the other; the words of the rules in the order of the table. */
function plainAnswer({ name, mode, values, isCaseSensitive }: QueryRule, query: string): boolean {
  const fold = (text: string) => isCaseSensitive ? text : text.toLowerCase()
  const pairs = query.replace(/^\?/, '').split('&').map((pair) => [pair.replace(/=.*/s, ''), pair.includes('=') ? pair.slice(pair.indexOf('=') + 1) : ''].map(plainText))
  const own = pairs.filter(([given]) => given!.toLowerCase() === name.toLowerCase()).map(([, value]) => value!).filter((value) => value !== '')
  const some = (test: (given: string, wanted: string) => boolean) => own.some((value) => values.some((wanted) => test(fold(value), fold(wanted))))
  switch (mode) {
    case 'Exists': return own.length > 0
    case 'NotExists': return own.length === 0
    case 'Exact': return some((given, wanted) => given === wanted)
    case 'Prefix': return some((given, wanted) => given.startsWith(wanted))
    case 'Contains': return some((given, wanted) => given.includes(wanted))
    case 'NotContains': return !some((given, wanted) => given.includes(wanted))
  }
}

/** The only characters that textOf() writes with escapes. */
function plainText(text: string): string {
  return text.replaceAll('+', ' ').replaceAll('%61', 'a').replaceAll('%41', 'A').replaceAll('%C3%A9', '\u00e9').replaceAll('%c3%89', '\u00c9')
}
