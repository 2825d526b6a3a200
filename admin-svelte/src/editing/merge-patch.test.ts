import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyMergePatch, equal, mergePatch } from './merge-patch.ts'

const base = { name: 'a', description: 'x', labels: { team: 'search' }, match: { hosts: ['a.example'], path: { type: 'prefix', value: '/' } } }

test('a patch holds only what changed, null where a field went away, arrays whole', () => {
  const edited = { name: 'b', labels: { team: 'search', zone: 'eu' }, match: { hosts: ['a.example', 'b.example'] } }
  assert.deepEqual(mergePatch(base, edited), { name: 'b', description: null, labels: { zone: 'eu' }, match: { hosts: ['a.example', 'b.example'], path: null } })
  assert.deepEqual(mergePatch(base, structuredClone(base)), {})
})

test('a patch applied to where it started gives what was typed', () => {
  const edited = { name: 'b', labels: {}, match: { hosts: [], path: { type: 'exact', value: '/x' } } }
  assert.deepEqual(applyMergePatch(base, mergePatch(base, edited)), edited)
})

test("a patch applied to somebody else's version keeps what only they changed", () => {
  const theirs = { ...base, name: 'theirs' }
  const mine = { ...base, description: 'mine' }
  assert.deepEqual(applyMergePatch(theirs, mergePatch(base, mine)), { ...base, name: 'theirs', description: 'mine' })
})

test('an absent and an undefined field are equal; order of an array matters', () => {
  assert.ok(equal({ a: 1, b: undefined }, { a: 1 }))
  assert.ok(!equal(['a', 'b'], ['b', 'a']))
  assert.ok(!equal({ a: null }, {}))
})
