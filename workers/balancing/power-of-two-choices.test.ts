import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pickPowerOfTwoChoices } from './power-of-two-choices.ts'

const targets = [3, 1, 2].map((inFlight, index) => ({ name: `t${index}`, inFlight }))

/** Gives these numbers one after the other. */
const drawing = (...numbers: number[]) => () => numbers.shift() ?? 0

test('of the two drawn the one with fewer requests in flight wins', () => {
  assert.equal(pickPowerOfTwoChoices(targets, drawing(0, 0))?.name, 't1')
  assert.equal(pickPowerOfTwoChoices(targets, drawing(0, 0.9))?.name, 't2')
  assert.equal(pickPowerOfTwoChoices(targets, drawing(0.4, 0.9))?.name, 't1')
})

test('the two are never the same', () => {
  const two = targets.slice(0, 2)
  for (const first of [0, 0.49, 0.5, 0.99]) {
    for (const second of [0, 0.5, 0.99]) assert.equal(pickPowerOfTwoChoices(two, drawing(first, second))?.name, 't1')
  }
})

test('on a tie the first drawn wins', () => {
  const equal = [{ name: 'a', inFlight: 1 }, { name: 'b', inFlight: 1 }]
  assert.equal(pickPowerOfTwoChoices(equal, drawing(0, 0))?.name, 'a')
  assert.equal(pickPowerOfTwoChoices(equal, drawing(0.9, 0))?.name, 'b')
})

test('one target needs no draw, none gives null', () => {
  const never = () => assert.fail('nothing to draw')
  assert.equal(pickPowerOfTwoChoices(targets.slice(0, 1), never)?.name, 't0')
  assert.equal(pickPowerOfTwoChoices([], never), null)
})
