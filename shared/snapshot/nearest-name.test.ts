import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestName } from './nearest-name.ts'

test('nearestName finds slips and other letter case, and nothing far away', () => {
  const names = ['name', 'enabled', 'listenerIds', 'upstreamId', 'port']
  const table: [string, string | undefined][] = [
    ['Name', 'name'],
    ['nmae', undefined],
    ['nam', 'name'],
    ['enable', 'enabled'],
    ['listenerid', 'listenerIds'],
    ['upstream_id', 'upstreamId'],
    ['upstreams', 'upstreamId'],
    ['ports', 'port'],
    ['colour', undefined],
    ['', undefined],
    ['x'.repeat(1000), undefined]
  ]
  for (const [given, near] of table) assert.equal(nearestName(given, names), near, given)
})
