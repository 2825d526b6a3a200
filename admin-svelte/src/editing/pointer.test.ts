import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isWithin, pointerParts, readPointer, writePointer } from './pointer.ts'

test('reads and writes through objects and arrays, making what is missing on the way', () => {
  const value: Parameters<typeof writePointer>[0] = { targets: [{ id: '1' }] }
  writePointer(value, '/targets/0/address', 'http://a:1')
  writePointer(value, '/match/path', { type: 'prefix', value: '/' })
  assert.equal(readPointer(value, '/targets/0/address'), 'http://a:1')
  assert.equal(readPointer(value, '/match/path/value'), '/')
  assert.equal(readPointer(value, '/match/none/deeper'), undefined)
  writePointer(value, '/match/path', undefined)
  assert.deepEqual(value.match, {})
})

test('unescapes ~1 and ~0 (RFC 6901 section 4)', () => {
  assert.deepEqual(pointerParts('/labels/a~1b~0c'), ['labels', 'a/b~c'])
})

test('a field holds its own issues and those below, not those of a longer name', () => {
  assert.ok(isWithin('/match/hosts/2', '/match/hosts'))
  assert.ok(isWithin('/port', '/port'))
  assert.ok(!isWithin('/ports', '/port'))
})
