import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { PortPlace } from '../port-place.ts'
import { flockLocks } from './flock-locks.ts'
import { pidFileLocks } from './pid-file-locks.ts'
import { PortClaims } from './port-claims.ts'

let folder: string

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-locks-'))
})

after(() => fs.rmSync(folder, { recursive: true, force: true }))

const KINDS = { flock: flockLocks, 'pid file': pidFileLocks }
const MODULES = { flock: ['flock-locks.ts', 'flockLocks'], 'pid file': ['pid-file-locks.ts', 'pidFileLocks'] } as const

/** Another process that holds the lock until it is killed. */
async function holder(kind: keyof typeof MODULES, file: string) {
  const [module, name] = MODULES[kind]
  const url = new URL(module, import.meta.url).href
  const code = `const { ${name}: locks } = await import(${JSON.stringify(url)}); const held = await locks.lock(${JSON.stringify(file)}); console.log(held !== null); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(child.stdout, 'data')
  return { child, has: String(said).trim() === 'true' }
}

for (const kind of ['flock', 'pid file'] as const) {
  const locks = KINDS[kind]

  test(`${kind}: one process at a time, and a killed one holds nothing`, async () => {
    const file = path.join(folder, `${kind} one`)
    const { child, has } = await holder(kind, file)
    assert.ok(has)
    assert.equal(await locks.lock(file), null)
    assert.equal(await locks.isHeld(file), true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const held = await locks.lock(file)
    assert.ok(held !== null)
    const second = await holder(kind, file)
    assert.equal(second.has, false, 'held by this process now')
    second.child.kill('SIGKILL')
    held.release()
    const third = await holder(kind, file)
    assert.ok(third.has, 'released')
    third.child.kill('SIGKILL')
    await once(third.child, 'exit')
  })
}

test('flock: a child that this process starts does not keep the lock', async () => {
  const file = path.join(folder, 'children')
  const held = await flockLocks.lock(file)
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  await once(child, 'spawn')
  held?.release()
  assert.equal(await flockLocks.isHeld(file), false)
  child.kill('SIGKILL')
})

test('ports: overlapping claims of two nodes conflict, others do not', async () => {
  const here = path.join(folder, 'claims')
  fs.mkdirSync(here)
  const range = (from: number, to: number, address = '0.0.0.0'): PortPlace[] => Array.from({ length: to - from + 1 }, (_, index) => ({ address, port: from + index }))
  let now = 0
  const first = new PortClaims({ locks: flockLocks, folder: here, dataDir: '/first', now: () => now })
  const second = new PortClaims({ locks: flockLocks, folder: here, dataDir: '/second' })
  assert.deepEqual(await first.claim(range(20000, 20099)), [])
  const conflicts = await second.claim([...range(20098, 20101), { address: '::', port: 20000 }, { address: '127.0.0.1', port: 20001 }])
  assert.deepEqual(conflicts.map(({ place }) => place.port), [20098, 20099, 20001])
  assert.deepEqual(conflicts[0]?.holder, { pid: process.pid, dataDir: '/first' })
  assert.deepEqual((await first.claim([...range(20000, 20099), ...range(20100, 20102)])).map(({ place }) => place.port), [20100, 20101], 'what the second got is its own')
  second.release()
  assert.deepEqual((await first.claim(range(20000, 20102))).map(({ place }) => place.port), [20100, 20101], 'the second may be started again')
  now += 61_000
  assert.deepEqual(await first.claim(range(20000, 20102)), [])
  assert.equal(fs.readdirSync(here).length, 2, 'the registry, and the own claim')
  first.release()
})

test('ports: what a killed node claimed is free for the range of another; outside of a range it is left alone for a minute', async () => {
  const here = path.join(folder, 'killed')
  fs.mkdirSync(here)
  const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href)
  const code = `const { flockLocks } = await import(${url('flock-locks.ts')}); const { PortClaims } = await import(${url('port-claims.ts')});
    await new PortClaims({ locks: flockLocks, folder: ${JSON.stringify(here)}, dataDir: '/killed' }).claim([{ address: '0.0.0.0', port: 20000 }]); console.log('ok'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  let now = 0
  const mine = new PortClaims({ locks: flockLocks, folder: here, dataDir: '/mine' })
  const other = new PortClaims({ locks: flockLocks, folder: here, dataDir: '/other', now: () => now })
  const again = new PortClaims({ locks: flockLocks, folder: here, dataDir: '/killed' })
  const place = { address: '0.0.0.0', port: 20000 }
  assert.deepEqual(await other.claim([]), [])
  assert.equal((await mine.claim([place]))[0]?.holder.pid, child.pid)
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal((await other.claim([place]))[0]?.holder.pid, child.pid, 'it is being started again')
  assert.deepEqual(await mine.claim([place]), [])
  mine.release()
  assert.equal((await other.claim([place])).length, 1)
  now += 61_000
  assert.deepEqual(await other.claim([place]), [], 'it does not come back')
  assert.equal((await again.claim([place]))[0]?.holder.dataDir, '/other')
  for (const claims of [other, again]) claims.release()
})

