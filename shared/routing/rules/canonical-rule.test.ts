import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeaderRule, QueryRule } from '../../schema/match.ts'
import { seededRandom } from '../../testing/seeded-random.ts'
import { canonicalRule } from './canonical-rule.ts'
import { compileQueryRule, queryRuleHolds } from './query-rule.ts'

type Mode = HeaderRule['mode'] | QueryRule['mode']
const canonical = (mode: Mode, values: string[], isCaseSensitive = false, name = 'A'): string => canonicalRule({ name, mode, values, isCaseSensitive } as HeaderRule | QueryRule)

test('letter case does not matter to values without letters', () => {
  assert.equal(canonical('Exact', ['1', '\u20ac'], true), canonical('Exact', ['\u20ac', '1']))
  assert.notEqual(canonical('Exact', ['1', 'a'], true), canonical('Exact', ['1', 'a']))
  assert.notEqual(canonical('Exact', ['\u00e9'], true), canonical('Exact', ['\u00e9']))
})

test('a value that another covers is needless', () => {
  assert.equal(canonical('Prefix', ['ab', 'a']), canonical('Prefix', ['A']))
  assert.equal(canonical('HeaderPrefix', ['ab', 'a', 'ba']), canonical('HeaderPrefix', ['a', 'ba']))
  assert.equal(canonical('Contains', ['xay', 'a']), canonical('Contains', ['a']))
  assert.equal(canonical('NotContains', ['xay', 'a']), canonical('NotContains', ['a']))
  assert.notEqual(canonical('Prefix', ['xay', 'a']), canonical('Prefix', ['a']))
  assert.notEqual(canonical('Exact', ['ab', 'a']), canonical('Exact', ['a']))
  assert.notEqual(canonical('Prefix', ['Ab', 'a'], true), canonical('Prefix', ['a'], true))
})

test('names, modes and the borders between values tell rules apart', () => {
  const all = [canonical('Exact', ['a']), canonical('Prefix', ['a']), canonical('Exact', ['a'], false, 'B'), canonical('Exact', ['a', 'b']), canonical('Exact', ['a","b']), canonical('Exact', ['ab'])]
  assert.equal(new Set(all).size, all.length)
})

test('query rules with equal texts mean the same, and those that mean the same with one regard for letter case have equal texts', () => {
  const pick = seededRandom(5)
  const letters = ['a', 'A', 'b', '1', 'ab', 'Ab', '1a', 'aB1']
  const queries = [...letters, ...letters.flatMap((one) => letters.flatMap((two) => [one + two, `x${one}x${two}x`])), '', 'x'].map((value) => `A=${value}`)
  const random = (mode: QueryRule['mode']): QueryRule => ({ name: pick.one(['A', 'a']), mode, values: mode.endsWith('Exists') ? [] : pick.some(letters), isCaseSensitive: pick.below(2) === 0 })
  for (let round = 0; round < 4000; round++) {
    const mode = pick.one(['Exact', 'Prefix', 'Contains', 'NotContains', 'Exists', 'NotExists'] as const)
    const [one, two] = [random(mode), random(mode)]
    const [first, second] = [compileQueryRule(one), compileQueryRule(two)]
    const isSame = queries.every((query) => queryRuleHolds(first, query) === queryRuleHolds(second, query))
    const isEqual = canonicalRule(one) === canonicalRule(two)
    assert.ok(isEqual ? isSame : !isSame || one.isCaseSensitive !== two.isCaseSensitive, JSON.stringify({ round, one, two }))
  }
})
