import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedFields } from './changed-fields.ts'

test('fields that differ are told one by one, lists as a whole', () => {
  assert.deepEqual(changedFields({ name: 'a', match: { hosts: ['x'] }, same: 1 }, { name: 'b', match: { hosts: ['x', 'y'] }, same: 1 }), [
    { path: '/match/hosts', from: ['x'], to: ['x', 'y'] },
    { path: '/name', from: 'a', to: 'b' }
  ])
})

test('what was made or deleted has all its fields', () => {
  assert.deepEqual(changedFields(null, { 'a/b': 1 }), [{ path: '/a~1b', from: undefined, to: 1 }])
  assert.deepEqual(changedFields({ a: 1 }, null), [{ path: '/a', from: 1, to: undefined }])
  assert.deepEqual(changedFields(null, null), [])
})
