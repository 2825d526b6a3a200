import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retryAfterSeconds } from './retry-after.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')

test('both forms of Retry-After are understood, and bounded', () => {
  const cases: [field: unknown, seconds: number][] = [
    ['120', 120], [' 7 ', 7], ['0', 0], ['99999999999', 86_400],
    ['Mon, 01 Jun 2026 12:02:00 GMT', 120], ['Monday, 01-Jun-26 12:02:00 GMT', 120], ['Mon, 01 Jun 2026 11:59:00 GMT', 0], ['Fri, 01 Jan 2100 00:00:00 GMT', 86_400],
    [undefined, 0], ['', 0], ['-5', 0], ['1.5', 0], ['soon', 0], ['1e3', 0], ['Mon, 99 Foo 2026 12:00:00 GMT', 0], [['120'], 0]
  ]
  for (const [field, seconds] of cases) assert.equal(retryAfterSeconds(field, NOW), seconds, String(field))
})
