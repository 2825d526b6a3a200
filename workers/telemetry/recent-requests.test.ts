import assert from 'node:assert/strict'
import { test } from 'node:test'
import v8 from 'node:v8'
import vm from 'node:vm'
import type { RecentRequest } from '../../shared/schema/recent-request.ts'
import { newestOf, RecentRequests, recentRequest } from './recent-requests.ts'
import { RequestRecord } from './request-record.ts'

v8.setFlagsFromString('--expose-gc')
const collectGarbage = vm.runInNewContext('gc') as () => void

function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** A request whose strings are slices of a head of `bytes`, as the codec gives them. */
function recordWithHead(bytes: number): RequestRecord {
  const head = Buffer.alloc(bytes, 'abcdefghijklmnopqrstuvwxyz').toString('latin1')
  const record = new RequestRecord()
  record.begin('id', '192.0.2.1')
  return Object.assign(record, { method: head.slice(0, 20), host: head.slice(20, 60), path: head.slice(60, 100) })
}

test('recent requests do not keep the heads alive that they came from', () => {
  const recent = new RecentRequests()
  const before = heapBytes()
  for (let count = 0; count < 256; count++) recent.add(recentRequest(recordWithHead(200_000), performance.now()))
  const kept = heapBytes() - before
  assert.ok(kept < 5_000_000, `${kept} bytes are kept of 51 MB`)
  assert.equal(recent.list()[255]!.host.length, 40)
})

test('of several threads the newest are shown, newest first, those of the same moment in their order', () => {
  const at = (ms: number, path: string): RecentRequest => ({ ...recentRequest(new RequestRecord(), 0), time: new Date(ms).toISOString(), path })
  assert.deepEqual(newestOf([at(30, 'a'), at(30, 'b'), at(10, 'c'), at(40, 'd'), at(20, 'e')]).map(({ path }) => path), ['d', 'a', 'b', 'e', 'c'])
  assert.equal(newestOf(Array.from({ length: 600 }, (_, ms) => at(ms, '')))[255]!.time, new Date(344).toISOString())
})
