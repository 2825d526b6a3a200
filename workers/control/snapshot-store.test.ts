import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { contentOf } from '../../shared/testing/content.ts'
import { createLog } from '../log.ts'
import { snapshotOf } from '../testing/node-api-server.ts'
import { encodeSnapshotFile, type StoredSnapshot } from './snapshot-file.ts'
import { SnapshotStore } from './snapshot-store.ts'

const { log } = createLog('fatal', {})
const epoch = randomUUID()
let dataDir: string

beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-store-'))
})

afterEach(() => fs.rmSync(dataDir, { recursive: true, force: true }))

const stored = (revision: number): StoredSnapshot => ({ snapshot: snapshotOf(contentOf(), epoch, revision), verifiedAt: new Date().toISOString() })
const file = (name: string): string => path.join(dataDir, 'snapshots', name)

/** A store that was written by an earlier start: revision 2 is current, revision 1 previous. */
async function twoRevisions(): Promise<SnapshotStore> {
  const before = new SnapshotStore(dataDir, log)
  assert.equal(await before.load(), null)
  assert.ok(await before.save(stored(1)))
  assert.ok(await before.save(stored(2)))
  return new SnapshotStore(dataDir, log)
}

test('what was saved last is loaded, and the one before is kept', async () => {
  const store = await twoRevisions()
  const loaded = await store.load()
  assert.equal(loaded?.source, 'disk')
  assert.deepEqual(loaded?.snapshot, { ...stored(2).snapshot, createdAt: loaded?.snapshot.createdAt })
  assert.deepEqual(fs.readdirSync(path.join(dataDir, 'snapshots')).sort(), ['current.json', 'previous.json'])
  assert.equal(store.refused, 0)
})

const DAMAGE: Record<string, (bytes: Buffer) => Buffer> = {
  truncated: (bytes) => bytes.subarray(0, bytes.length - 100),
  'cut by one byte': (bytes) => bytes.subarray(0, -1),
  'cut in the first line': (bytes) => bytes.subarray(0, 20),
  'one bit flipped': (bytes) => {
    const copy = Buffer.from(bytes)
    const middle = copy.length >> 1
    copy[middle] = (copy[middle] ?? 0) ^ 1
    return copy
  },
  empty: () => Buffer.alloc(0),
  'zeroes only': (bytes) => Buffer.alloc(bytes.length),
  'a newer file format': (bytes) => Buffer.from(bytes.toString().replace('"format":1', '"format":2')),
  'a newer schema': () => encodeSnapshotFile({ ...stored(3), snapshot: { ...stored(3).snapshot, schemaVersion: 99 } }),
  'a resource this program does not know': () => encodeSnapshotFile({ ...stored(3), snapshot: { ...stored(3).snapshot, content: { ...contentOf(), planets: [] } as never } })
}

for (const [what, damage] of Object.entries(DAMAGE)) {
  test(`current.json ${what}: refused, the previous one is used`, async () => {
    const store = await twoRevisions()
    fs.writeFileSync(file('current.json'), damage(fs.readFileSync(file('current.json'))))
    const loaded = await store.load()
    assert.equal(loaded?.source, 'disk-previous')
    assert.equal(loaded?.snapshot.revision, 1)
    assert.equal(store.refused, 1)
  })
}

test('a damaged current file never becomes the previous one', async () => {
  const store = await twoRevisions()
  fs.writeFileSync(file('current.json'), 'rubbish')
  await store.load()
  assert.ok(await store.save(stored(3)))
  fs.writeFileSync(file('current.json'), 'rubbish again')
  assert.equal((await new SnapshotStore(dataDir, log).load())?.snapshot.revision, 1)
})

test('both damaged: nothing is loaded', async () => {
  const store = await twoRevisions()
  for (const name of ['current.json', 'previous.json']) fs.truncateSync(file(name), 50)
  assert.equal(await store.load(), null)
  assert.equal(store.refused, 2)
})

test('a write that was cut off by a crash is not seen', async () => {
  const store = await twoRevisions()
  fs.writeFileSync(file('next.json'), encodeSnapshotFile(stored(3)).subarray(0, 200))
  assert.equal((await store.load())?.snapshot.revision, 2)
  assert.ok(await store.save(stored(4)))
  assert.equal((await new SnapshotStore(dataDir, log).load())?.snapshot.revision, 4)
})

test('what cannot be written is said, and what is there stays', async () => {
  const store = await twoRevisions()
  await store.load()
  // A folder in the place of the temporary file: like a full disk, the write fails and the files stay.
  fs.mkdirSync(file('next.json'))
  assert.equal(await store.save(stored(3)), false)
  assert.equal((await new SnapshotStore(dataDir, log).load())?.snapshot.revision, 2)
  fs.rmSync(file('next.json'), { recursive: true, force: true })
  assert.ok(await store.save(stored(4)))
})
