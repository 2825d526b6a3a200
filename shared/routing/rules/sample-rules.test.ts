import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeaderRule, QueryRule } from '../../schema/match.ts'
import { seededRandom } from '../../testing/seeded-random.ts'
import { compileHeaderRule, headerRuleHolds } from './header-rule.ts'
import { compileQueryRule, queryRuleHolds } from './query-rule.ts'
import { sampleHeaderLines, sampleQuery } from './sample-rules.ts'

const VALUES = ['a', 'A b', ' a', 'a ', 'a,b', 'a;b', 'a"b', 'a"b,c', '"a"', '"', '""', 'a","b', '\u00e9', '&', '=', '+', '%', '%41', '?', '\u20ac']

test('a header rule holds for its own sample', () => {
  for (const mode of ['ExactHeader', 'HeaderPrefix', 'Contains', 'NotContains', 'Exists', 'NotExists'] as const) {
    for (const name of ['X-A', 'Cookie']) {
      for (const value of VALUES) {
        for (const isCaseSensitive of [false, true]) {
          const rule: HeaderRule = { name, mode, values: mode.endsWith('Exists') ? [] : [value, 'other'], isCaseSensitive }
          assert.equal(headerRuleHolds(compileHeaderRule(rule), sampleHeaderLines([rule])), true, JSON.stringify(rule))
        }
      }
    }
  }
})

test('a query rule holds for its own sample', () => {
  for (const mode of ['Exact', 'Prefix', 'Contains', 'NotContains', 'Exists', 'NotExists'] as const) {
    for (const value of VALUES) {
      for (const isCaseSensitive of [false, true]) {
        const rule: QueryRule = { name: value, mode, values: mode.endsWith('Exists') ? [] : [value, 'other'], isCaseSensitive }
        assert.equal(queryRuleHolds(compileQueryRule(rule), sampleQuery([rule])), true, JSON.stringify(rule))
      }
    }
  }
})

test('rules of several names hold together', () => {
  const pick = seededRandom(8)
  for (let round = 0; round < 500; round++) {
    const headers: HeaderRule[] = ['X-A', 'X-B', 'Cookie'].map((name) => ({ name, mode: pick.one(['ExactHeader', 'Contains', 'NotContains'] as const), values: pick.some(VALUES), isCaseSensitive: true }))
    const query: QueryRule[] = ['a', 'b c', '\u00e9'].map((name) => ({ name, mode: pick.one(['Exact', 'Contains', 'NotContains'] as const), values: pick.some(VALUES), isCaseSensitive: true }))
    for (const rule of headers) assert.equal(headerRuleHolds(compileHeaderRule(rule), sampleHeaderLines(headers)), true, JSON.stringify(rule))
    for (const rule of query) assert.equal(queryRuleHolds(compileQueryRule(rule), sampleQuery(query)), true, JSON.stringify(rule))
  }
})

test('nothing is said where absence is enough', () => {
  assert.equal(sampleHeaderLines([{ name: 'X-A', mode: 'NotExists', values: [], isCaseSensitive: false }]), '')
  assert.equal(sampleQuery([{ name: 'a', mode: 'NotContains', values: ['a'], isCaseSensitive: false }]), '')
})
