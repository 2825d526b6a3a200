import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findEntries } from './find-entries.ts'

const entries = ['search-api', 'Versions', 'my search', 'research'].map((text) => ({ href: `/${text}`, text, about: '', icon: 'search' as const }))

test('what begins with the words comes first, then words inside, then the rest', () => {
  assert.deepEqual(findEntries(entries, ' Search ', 10).map(({ text }) => text), ['search-api', 'my search', 'research'])
  assert.deepEqual(findEntries(entries, 'search', 1).map(({ text }) => text), ['search-api'])
  assert.equal(findEntries(entries, '', 2).length, 2)
  assert.deepEqual(findEntries(entries, 'nothing', 10), [])
})
