import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failingRoutes } from './failing-routes.ts'

const request = (route: string, at: number, status = 502, code = '') => ({ route, status, code, time: `2026-01-01T00:00:0${at}.000Z` })

test('routes with most failures come first, with their usual reason and the newest time', () => {
  const failed = [request('a', 1), request('b', 2, 502, 'origin_refused'), request('b', 5, 502, 'origin_refused'), request('b', 3, 500), request('', 4, 0)]
  assert.deepEqual(failingRoutes(failed, 5), [
    { route: 'b', failed: 3, reason: 'origin_refused', lastAt: '2026-01-01T00:00:05.000Z' },
    { route: '', failed: 1, reason: '0', lastAt: '2026-01-01T00:00:04.000Z' },
    { route: 'a', failed: 1, reason: '502', lastAt: '2026-01-01T00:00:01.000Z' }
  ])
  assert.equal(failingRoutes(failed, 1).length, 1)
  assert.deepEqual(failingRoutes([], 5), [])
})
