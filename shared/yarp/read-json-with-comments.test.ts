import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type JsonValue, fromPlain, toPlain } from './json-value.ts'
import { readJsonWithComments } from './read-json-with-comments.ts'

function read(text: string): JsonValue {
  const result = readJsonWithComments(text)
  assert.ok('value' in result, JSON.stringify(result))
  return result.value
}

describe('JSON as .NET reads its settings', () => {
  test('comments, commas at the end and a byte order mark are taken', () => {
    const text = '\ufeff// head\r\n{ /* a */ "a": [1, 2, /* "x" */ 3,], // "b": 1\n "u": "http://x//y/*z*/", "c": {"d": null,},\n}\n// end'
    assert.deepEqual(toPlain(read(text)), { a: [1, 2, 3], u: 'http://x//y/*z*/', c: { d: null } })
  })

  test('plain JSON means what it means everywhere', () => {
    for (const value of [null, true, -0.5e-3, '', 'é\n"\\\u2028', [], {}, [[{}], { a: { b: [false] } }]]) {
      assert.deepEqual(toPlain(read(JSON.stringify(value))), value)
      assert.deepEqual(toPlain(read(JSON.stringify(value, null, 2))), value)
      assert.deepEqual(toPlain(fromPlain(value)), value)
    }
  })

  test('keys keep their order, whatever they are', () => {
    const value = read('{"10": 1, "9": 2, "__proto__": {"x": 1}, "a": 3}')
    assert.ok(value instanceof Map)
    assert.deepEqual([...value.keys()], ['10', '9', '__proto__', 'a'])
  })

  test('64 lists inside each other are read, 65 are not', () => {
    read('['.repeat(64) + ']'.repeat(64))
    assert.match(JSON.stringify(readJsonWithComments('['.repeat(65) + ']'.repeat(65))), /more than 64/)
  })
})

const WRONG: [name: string, text: string, line: number, column: number, message: RegExp][] = [
  ['nothing', '', 1, 1, /a value is wanted/],
  ['a key twice, letter case ignored', '{\n  "Routes": {},\n  "routes": {}\n}', 3, 3, /"routes" is there twice/],
  ['two values', '{} {}', 1, 4, /behind the end/],
  ['no comma', '{"a": 1\r\n "b": 2}', 2, 2, /"," or "}"/],
  ['two commas', '[1,,2]', 1, 4, /a value is wanted/],
  ['a key without quotes', '{a: 1}', 1, 2, /double quotes/],
  ['single quotes', "{'a': 1}", 1, 2, /double quotes/],
  ['a comma alone', '{,}', 1, 2, /double quotes/],
  ['no colon', '{"a" 1}', 1, 6, /":"/],
  ['a text without end', '["a', 1, 2, /without an end/],
  ['a line break in a text', '["a\nb"]', 1, 4, /line break/],
  ['a wrong escape', '["a\\x"]', 1, 2, /escape/],
  ['a comment without end', '{ /* ', 1, 3, /comment without an end/],
  ['one slash', '[/]', 1, 2, /neither/],
  ['a number of another language', '[0x10]', 1, 2, /"0x10" is no value/],
  ['a leading zero', '[01]', 1, 2, /"01" is no value/],
  ['True', '{"a": True}', 1, 7, /"True" is no value/],
  ['an object without end', '{"a": 1', 1, 8, /"," or "}"/]
]

describe('what is no JSON is told with its place', () => {
  for (const [name, text, line, column, message] of WRONG) {
    test(name, () => {
      const result = readJsonWithComments(text)
      assert.ok('problem' in result)
      assert.match(result.problem.message, message)
      assert.deepEqual([result.problem.line, result.problem.column], [line, column])
    })
  }
})
