import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import type { NameAnswer } from './look-up-name.ts'
import { NameResolver } from './name-resolver.ts'

let now: number
/** The names that were looked up, and how each look-up is answered. */
let asked: { name: string; answer(addresses: string[], ttlMs?: number): Promise<void>; fail(code: string): Promise<void> }[]
let resolver: NameResolver

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function lookUp(name: string): Promise<NameAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<NameAnswer>()
  asked.push({
    name,
    answer(addresses, ttlMs = 10_000) {
      resolve({ addresses, ttlMs })
      return turn()
    },
    fail(code) {
      reject(Object.assign(new Error('failed'), { code }))
      return turn()
    }
  })
  return promise
}

const names = (): string[] => asked.map(({ name }) => name)

function pass(ms: number): void {
  now += ms
  mock.timers.tick(ms)
  resolver.refresh(now)
}

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] })
  now = 1_000
  asked = []
  resolver = new NameResolver(() => now, lookUp)
})

afterEach(() => mock.timers.reset())

test('an IP address of either family is known at once and never looked up', () => {
  assert.deepEqual(resolver.entry('192.0.2.1').addresses, ['192.0.2.1'])
  assert.deepEqual(resolver.entry('[2001:db8::1]').addresses, ['2001:db8::1'])
  pass(1_000_000)
  assert.deepEqual(asked, [])
})

test('a name is looked up at once, by those that wait once, and again when its time to live is over', async () => {
  const entry = resolver.entry('a.test')
  assert.equal(resolver.entry('a.test'), entry)
  let served = 0
  entry.waiting.push(() => served++, () => served++)
  assert.deepEqual([entry.addresses, entry.isPending], [[], true])
  await asked[0]!.answer(['192.0.2.1', '2001:db8::1'], 5_000)
  assert.deepEqual([entry.addresses, entry.isPending, served], [['192.0.2.1', '2001:db8::1'], false, 2])
  pass(4_999)
  assert.equal(asked.length, 1)
  pass(1)
  pass(1)
  assert.equal(asked.length, 2, 'not again while the second one is under way')
  assert.deepEqual(entry.addresses, ['192.0.2.1', '2001:db8::1'], 'in use until there is another answer')
  await asked[1]!.answer(['192.0.2.2'])
  assert.deepEqual([entry.addresses, served], [['192.0.2.2'], 2])
})

test('a look-up that fails keeps the last good answer, says why, and is made again soon', async () => {
  const entry = resolver.entry('a.test')
  await asked[0]!.answer(['192.0.2.1'], 1_000)
  pass(1_000)
  await asked[1]!.fail('ESERVFAIL')
  assert.deepEqual([entry.addresses, entry.error], [['192.0.2.1'], 'ESERVFAIL'])
  pass(2_000)
  await asked[2]!.answer([])
  assert.deepEqual([entry.addresses, entry.error], [['192.0.2.1'], 'NO_ADDRESS'])
  pass(10_000)
  await asked[3]!.answer(['192.0.2.9'])
  assert.deepEqual([entry.addresses, entry.error], [['192.0.2.9'], null])
})

test('who waits for a name that nobody knows hears of it', async () => {
  const entry = resolver.entry('a.test')
  let served = 0
  entry.waiting.push(() => served++)
  await asked[0]!.fail('ENOTFOUND')
  assert.deepEqual([served, entry.addresses, entry.error], [1, [], 'ENOTFOUND'])
})

test('one look-up at a time; one that takes long does not hold the others up', async () => {
  for (const name of ['slow.test', 'b.test', 'c.test']) resolver.entry(name)
  assert.deepEqual(names(), ['slow.test'])
  pass(600)
  assert.deepEqual(names(), ['slow.test', 'b.test'])
  await asked[1]!.answer(['192.0.2.2'])
  assert.deepEqual(names(), ['slow.test', 'b.test', 'c.test'])
  await asked[2]!.answer(['192.0.2.3'])
  await asked[0]!.answer(['192.0.2.1'])
  assert.deepEqual(resolver.entry('slow.test').addresses, ['192.0.2.1'])
})

test('names that took long and failed wait for each other, and nobody else for them', async () => {
  for (const name of ['dead.test', 'gone.test']) resolver.entry(name)
  pass(600)
  pass(600)
  await asked[0]!.fail('EAI_AGAIN')
  await asked[1]!.fail('EAI_AGAIN')
  pass(2_000)
  resolver.entry('new.test')
  assert.deepEqual(names(), ['dead.test', 'gone.test', 'dead.test', 'new.test'])
  pass(60_000)
  assert.equal(names().length, 4)
  await asked[2]!.fail('EAI_AGAIN')
  assert.equal(names().at(-1), 'gone.test')
})

test('names that no target has any more are forgotten', async () => {
  resolver.entry('a.test')
  resolver.entry('b.test')
  await asked[0]!.answer(['192.0.2.1'], 1_000)
  await asked[1]!.answer(['192.0.2.2'], 1_000)
  resolver.keepOnly(new Set(['b.test']))
  pass(1_000)
  assert.deepEqual(names(), ['a.test', 'b.test', 'b.test'])
})
