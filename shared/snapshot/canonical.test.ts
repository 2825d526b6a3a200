import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { canonicalJson } from './canonical.ts'

describe('canonicalJson', () => {
  test('sorts keys by UTF-16 code units at every depth, numbers in keys too', () => {
    assert.equal(canonicalJson({ b: 1, a: { d: [], c: {} }, 10: 1, 9: 2, B: 3 }), '{"10":1,"9":2,"B":3,"a":{"c":{},"d":[]},"b":1}')
    assert.equal(canonicalJson({ '\u{1f600}': 1, '\ufb33': 2, '\u20ac': 3 }), '{"\u20ac":3,"\u{1f600}":1,"\ufb33":2}')
  })

  test('keeps the order of lists and leaves out what is undefined', () => {
    assert.equal(canonicalJson([3, 1, { a: undefined, b: null }]), '[3,1,{"b":null}]')
  })

  test('writes numbers as ECMAScript does', () => {
    assert.equal(canonicalJson([-0, 1e21, 1e-7, 0.1, 333333333.3333333]), '[0,1e+21,1e-7,0.1,333333333.3333333]')
  })

  test('escapes only what it must', () => {
    const text = 'a"b\\c/\u0001\n\u2028\u00e9\u{1f600}'
    assert.equal(canonicalJson(text), '"a\\"b\\\\c/\\u0001\\n\u2028\u00e9\u{1f600}"')
    assert.deepEqual(JSON.parse(canonicalJson({ [text]: text })), { [text]: text })
  })

  test('equal values give equal text, whatever the order they were made in', () => {
    const value = { routes: [{ id: 'x', match: { hosts: ['a'], path: { type: 'exact', value: '/' } } }], listeners: [], upstreams: [] }
    const other = { upstreams: [], listeners: [], routes: [{ match: { path: { value: '/', type: 'exact' }, hosts: ['a'] }, id: 'x' }] }
    assert.equal(canonicalJson(value), canonicalJson(other))
  })

  test('refuses what JSON cannot hold', () => {
    for (const value of [NaN, Infinity, undefined, () => 1, 1n, [undefined], { a: NaN }]) assert.throws(() => canonicalJson(value), TypeError)
  })
})
