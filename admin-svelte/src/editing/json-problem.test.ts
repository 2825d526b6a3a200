import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonProblem } from './json-problem.ts'

test('JSON has no problem', () => {
  for (const text of ['{}', ' [1, -2.5e+3, "a\\n\\u00e4", null, true, {"b": []}] \n', '"x"', '0']) assert.equal(jsonProblem(text), null, text)
})

test('a problem is where the text stops being JSON', () => {
  const at = (text: string) => {
    const place = jsonProblem(text)
    return place === null ? null : [place.line, place.column]
  }
  assert.deepEqual(at('{ "a": 1, }'), [1, 11])
  assert.deepEqual(at('{\n  "name": shop\n}'), [2, 11])
  assert.deepEqual(at('{\n  "a": 1\n  "b": 2\n}'), [3, 3])
  assert.deepEqual(at('{ "a": [1, 2'), [1, 13])
  assert.deepEqual(at('{ "a": "one\ntwo" }'), [1, 8])
  assert.deepEqual(at('{} {}'), [1, 4])
  assert.deepEqual(at('{ "a": 01 }'), [1, 9])
  assert.deepEqual(at(''), [1, 1])
})

test('it finds a problem in just what JSON.parse refuses', () => {
  const letters = ['{', '}', '[', ']', '"a"', ':', ',', '1', '-', '.5', 'true', ' ', '\n', '"']
  let seed = 7
  const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: 1 + next(7) }, () => letters[next(letters.length)]).join('')
    let refused = false
    try {
      JSON.parse(text)
    } catch {
      refused = true
    }
    assert.equal(jsonProblem(text) !== null, refused, text)
  }
})
