import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { ok, type OriginPeer, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

/** Each answers with its letter at once, but /hold only when the test says so. */
const origins: ScriptedOrigin[] = []
const held: (() => void)[] = []
let gateway: EngineUnderTest
let client: RawClient
/** What the balancers draw. */
let drawn = 0

before(async () => {
  for (const letter of 'abc') origins.push(await startScriptedOrigin((peer) => peer.socket.on('data', () => serve(peer, letter))))
})

after(async () => {
  for (const origin of origins) await origin.stop()
})

afterEach(async () => {
  drawn = 0
  held.length = 0
  client.destroy()
  await gateway.stop()
})

function serve(peer: OriginPeer, letter: string): void {
  const isHeld = peer.received.startsWith('GET /hold')
  peer.received = ''
  if (isHeld) held.push(() => peer.send(ok(letter)))
  else peer.send(ok(letter))
}

const targets = (count: number): string[] => origins.slice(0, count).map(({ url }) => url)

async function start(configuration: TestConfiguration): Promise<void> {
  gateway = await startEngine(configuration, { random: () => drawn })
  client = await connectRaw(gateway.port)
}

async function ask(count: number, path = '/'): Promise<string> {
  let letters = ''
  for (let index = 0; index < count; index++) {
    client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
    letters += (await client.response()).body
  }
  return letters
}

/** A request that stays in flight; returns its client. */
async function hold(): Promise<RawClient> {
  const one = await connectRaw(gateway.port)
  one.send('GET /hold HTTP/1.1\r\nHost: a\r\n\r\n')
  const before = held.length
  while (held.length === before) await new Promise((resolve) => setImmediate(resolve))
  return one
}

test('RoundRobin goes on where it was after a publish, also with another target more', async () => {
  const upstream = { loadBalancing: 'RoundRobin' }
  await start({ targets: targets(2), upstream })
  assert.equal(await ask(3), 'aba')
  gateway.apply({ targets: targets(2), upstream: { ...upstream, retry: { attempts: 3 } } })
  assert.equal(await ask(3), 'bab')
  gateway.apply({ targets: targets(3), upstream })
  assert.equal([...await ask(6)].sort().join(''), 'aabbcc')
})

test('WeightedRoundRobin: by weight; a publish does not begin the round anew', async () => {
  const weighted = (weight: number): TestConfiguration => ({ targets: [], upstream: { loadBalancing: 'WeightedRoundRobin', targets: targets(2).map((address, index) => ({ id: `t${index}`, address, weight: index === 0 ? weight : 1 })) } })
  await start(weighted(3))
  assert.equal(await ask(2), 'aa')
  gateway.apply({ ...weighted(3), route: { priority: 1 } })
  assert.equal(await ask(6), 'baaaba')
  gateway.apply(weighted(1))
  assert.equal([...await ask(20)].filter((letter) => letter === 'a').length, 10)
})

test('LeastRequests and PowerOfTwoChoices see what is in flight', async () => {
  await start({ targets: targets(3), upstream: { loadBalancing: 'LeastRequests' } })
  const first = await hold()
  const second = await hold()
  assert.equal(await ask(2), 'cc')
  const third = await hold()
  for (const answer of held) answer()
  const letters = await Promise.all([first, second, third].map(async (one) => (await one.response()).body))
  assert.deepEqual(letters, ['a', 'b', 'c'])
  for (const one of [first, second, third]) one.destroy()
  gateway.apply({ targets: targets(2), upstream: { loadBalancing: 'PowerOfTwoChoices' } })
  held.length = 0
  const busy = await hold()
  assert.equal(await ask(2), 'bb')
  held[0]!()
  assert.equal((await busy.response()).body, 'a')
  assert.equal(await ask(2), 'aa', 'nothing stays in flight')
  busy.destroy()
})

test('a route may balance otherwise than its upstream', async () => {
  await start({
    targets: targets(3),
    upstream: { loadBalancing: 'RoundRobin' },
    routes: [{ match: { path: { type: 'prefix', value: '/first' } }, loadBalancing: 'FirstAlphabetical' }]
  })
  assert.equal(await ask(3, '/first'), 'aaa')
  assert.equal(await ask(3), 'abc')
})

test('a disabled target gets nothing', async () => {
  await start({ targets: [], upstream: { loadBalancing: 'RoundRobin', targets: targets(3).map((address, index) => ({ id: `t${index}`, address, enabled: index !== 1 })) } })
  assert.equal(await ask(4), 'acac')
})

test('slow start: a target that joins gets a growing share, never less than a tenth', async () => {
  const upstream = { loadBalancing: 'RoundRobin', slowStartSeconds: 2 }
  await start({ targets: targets(1), upstream })
  gateway.apply({ targets: targets(2), upstream })
  drawn = 0.9
  assert.equal(await ask(4), 'aaaa')
  drawn = 0.05
  assert.equal([...await ask(4)].sort().join(''), 'aabb')
  drawn = 0.5
  const from = performance.now()
  while (await ask(2) === 'aa') assert.ok(performance.now() - from < 5_000, 'half way')
  assert.ok(performance.now() - from > 500, 'not before')
})

test('slow start: targets of a new upstream, and the only one there is, begin at once', async () => {
  const upstream = { loadBalancing: 'RoundRobin', slowStartSeconds: 60 }
  drawn = 0.9
  await start({ targets: targets(2), upstream })
  assert.equal([...await ask(4)].sort().join(''), 'aabb')
  gateway.apply({ targets: [], upstream: { ...upstream, targets: [{ id: 'new', address: origins[2]!.url }] } })
  assert.equal(await ask(2), 'cc')
})
