import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinLines, readLines } from './lines.ts'

test('a list is one entry a line, without empty ones', () => {
  assert.deepEqual(readLines(' a.example \n\nb.example\n', { type: 'array' }), ['a.example', 'b.example'])
  assert.equal(joinLines(['a', 'b']), 'a\nb')
})

test('a map is one key=value a line; only the first = divides', () => {
  assert.deepEqual(readLines('team = search\nurl=a=b\nalone', {}), { team: 'search', url: 'a=b', alone: '' })
  assert.equal(joinLines({ team: 'search', zone: 'eu' }), 'team=search\nzone=eu')
})
