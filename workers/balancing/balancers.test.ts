import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BALANCERS } from './balancers.ts'
import type { Choice, Turn } from './choice.ts'

const target = (id: string, inFlight = 0, weight = 1): Choice => ({ id, inFlight, weight, smoothWeight: 0 })

/** Draws these numbers one after the other, then 0. */
function turnWith(...numbers: number[]): Turn {
  let turn = 0
  return { random: () => numbers.shift() ?? 0, nextTurn: () => turn++, lock() {}, unlock() {} }
}

function pickMany(policy: keyof typeof BALANCERS, targets: Choice[], count: number, turn = turnWith()): string {
  return Array.from({ length: count }, () => BALANCERS[policy](targets, turn).id).join('')
}

test('every policy takes the only target', () => {
  for (const pick of Object.values(BALANCERS)) assert.equal(pick([target('a')], turnWith(0.99)).id, 'a')
})

test('PowerOfTwoChoices: of the two drawn the one with fewer requests in flight', () => {
  const targets = [target('a', 3), target('b', 1), target('c', 2)]
  assert.equal(BALANCERS.PowerOfTwoChoices(targets, turnWith(0, 0)).id, 'b')
  assert.equal(BALANCERS.PowerOfTwoChoices(targets, turnWith(0, 0.9)).id, 'c')
  assert.equal(BALANCERS.PowerOfTwoChoices(targets, turnWith(0.4, 0.9)).id, 'b')
})

test('PowerOfTwoChoices: the two are never the same, and on a tie the first drawn wins', () => {
  const two = [target('a', 1), target('b', 0)]
  for (const first of [0, 0.49, 0.5, 0.99]) for (const second of [0, 0.5, 0.99]) assert.equal(BALANCERS.PowerOfTwoChoices(two, turnWith(first, second)).id, 'b')
  const equal = [target('a', 1), target('b', 1)]
  assert.equal(BALANCERS.PowerOfTwoChoices(equal, turnWith(0, 0)).id, 'a')
  assert.equal(BALANCERS.PowerOfTwoChoices(equal, turnWith(0.9, 0)).id, 'b')
})

test('PowerOfTwoChoices and LeastRequests: a heavy target may have more in flight', () => {
  const targets = [target('a', 3, 4), target('b', 1, 1)]
  assert.equal(BALANCERS.PowerOfTwoChoices(targets, turnWith(0, 0)).id, 'a')
  assert.equal(BALANCERS.LeastRequests(targets, turnWith()).id, 'a')
  assert.equal(BALANCERS.LeastRequests([target('a', 5, 4), target('b', 1, 1)], turnWith()).id, 'b')
})

test('LeastRequests: the fewest of all; on a tie the first', () => {
  assert.equal(BALANCERS.LeastRequests([target('a', 2), target('b', 1), target('c', 1)], turnWith()).id, 'b')
})

test('RoundRobin: one after the other, also when one goes away', () => {
  const targets = [target('a'), target('b'), target('c')]
  const turn = turnWith()
  assert.equal(pickMany('RoundRobin', targets, 6, turn), 'abcabc')
  assert.equal(pickMany('RoundRobin', targets.slice(0, 2), 4, turn), 'abab')
})

test('WeightedRoundRobin: by weight and spread evenly, as nginx does', () => {
  assert.equal(pickMany('WeightedRoundRobin', [target('a', 0, 5), target('b'), target('c')], 14), 'aabacaaaabacaa')
})

test('WeightedRoundRobin: the shares hold when a target joins', () => {
  const targets = [target('a', 0, 2), target('b')]
  pickMany('WeightedRoundRobin', targets, 5)
  const picks = pickMany('WeightedRoundRobin', [...targets, target('c', 0, 3)], 60)
  const share = (id: string) => [...picks].filter((pick) => pick === id).length
  for (const [id, wanted] of [['a', 20], ['b', 10], ['c', 30]] as const) assert.ok(Math.abs(share(id) - wanted) <= 1, `${id}: ${share(id)}`)
})

test('Random: each as likely as its weight', () => {
  const targets = [target('a', 0, 1), target('b', 0, 3)]
  assert.equal(pickMany('Random', targets, 4, turnWith(0, 0.24, 0.26, 0.99)), 'aabb')
})

test('FirstAlphabetical: the first id, letter case ignored', () => {
  assert.equal(BALANCERS.FirstAlphabetical([target('b'), target('A'), target('c')], turnWith()).id, 'A')
})
