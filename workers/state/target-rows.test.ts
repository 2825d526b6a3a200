import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Snapshot } from '../../shared/schema/snapshot.ts'
import { decodeContent } from '../../shared/snapshot/decode-snapshot.ts'
import { MAX_ROWS } from './shared-counters.ts'
import { TargetRows } from './target-rows.ts'

const upstreamId = '00000000-0000-7000-8000-000000000001'

function snapshotWith(...ids: string[]): Snapshot {
  const targets = ids.map((id) => ({ id, address: 'http://127.0.0.1:80' }))
  const upstreams: object[] = []
  for (let at = 0; at < targets.length; at += 1000) {
    const id = upstreamId.slice(0, -4) + String(at / 1000 + 1).padStart(4, '0')
    upstreams.push({ id, name: `u${at}`, targets: targets.slice(at, at + 1000) })
  }
  const decoded = decodeContent({ listeners: [], upstreams, routes: [] })
  assert.ok(decoded.ok)
  return { epoch: upstreamId, revision: 1, schemaVersion: 1, createdBy: '', createdAt: '', note: '', sha256: '', content: decoded.value }
}

test('targets keep their rows, also when others come and go; no two share one', () => {
  const rows = new TargetRows()
  const first = rows.assign(snapshotWith('a', 'b'))
  const second = rows.assign(snapshotWith('b', 'c'))
  assert.equal(second.get(`${upstreamId}/b`), first.get(`${upstreamId}/b`))
  assert.notEqual(second.get(`${upstreamId}/c`), first.get(`${upstreamId}/a`), 'a row rests before another target gets it')
  assert.equal(new Set(second.values()).size, 2)
})

test('rows of targets that are gone are used again after a time, when there are no new ones', () => {
  let now = 0
  const rows = new TargetRows(() => now)
  const many = Array.from({ length: MAX_ROWS }, (_, index) => `t${index}`)
  assert.equal(rows.assign(snapshotWith(...many)).size, MAX_ROWS)
  assert.equal(rows.assign(snapshotWith('new')).size, 0)
  now = 11 * 60_000
  assert.equal(rows.assign(snapshotWith('new')).size, 1)
})
