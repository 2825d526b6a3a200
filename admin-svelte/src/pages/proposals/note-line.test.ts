import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noteLine } from './note-line.ts'

test('a note becomes one line, cut where it is long', () => {
  assert.equal(noteLine({ request: { note: ' Orders: two more targets\nas agreed' } }), 'Orders: two more targets')
  assert.equal(noteLine({ request: { note: 'x'.repeat(2000) } }), `${'x'.repeat(99)}…`)
  assert.equal(noteLine({ request: { note: '' } }), '')
})
