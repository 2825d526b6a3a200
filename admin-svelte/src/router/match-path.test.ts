import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchPath } from './match-path.ts'

test('fits segment by segment and decodes parameters', () => {
  assert.deepEqual(matchPath('/routes/:id', '/routes/a%20b/'), { id: 'a b' })
  assert.deepEqual(matchPath('/versions/:revision', '/versions/12'), { revision: '12' })
  assert.equal(matchPath('/routes/:id', '/routes'), null)
  assert.equal(matchPath('/routes/:id', '/upstreams/1'), null)
  assert.equal(matchPath('/routes/:id', '/routes/%E0%A4%A'), null)
})
