import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareThree } from './compare.ts'

test('names every field that either side changed, down to the leaf, and no other', () => {
  const base = { name: 'a', port: 80, limits: { maxHeaders: 100, idle: 1 } }
  const theirs = { name: 'a', port: 81, limits: { maxHeaders: 200, idle: 1 } }
  const mine = { name: 'b', port: 80, limits: { maxHeaders: 300, idle: 1 } }
  assert.deepEqual(compareThree(base, theirs, mine), [
    { pointer: '/name', base: 'a', theirs: 'a', mine: 'b' },
    { pointer: '/port', base: 80, theirs: 81, mine: 80 },
    { pointer: '/limits/maxHeaders', base: 100, theirs: 200, mine: 300 }
  ])
})

test('an array is one field, and a field that is new on one side is shown', () => {
  assert.deepEqual(compareThree({ hosts: ['a'] }, { hosts: ['a', 'b'] }, { hosts: ['a'], note: 'x' }), [
    { pointer: '/hosts', base: ['a'], theirs: ['a', 'b'], mine: ['a'] },
    { pointer: '/note', base: undefined, theirs: undefined, mine: 'x' }
  ])
})
