import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origins: ScriptedOrigin[]
let gateway: EngineUnderTest
let client: RawClient

before(async () => {
  origins = await Promise.all(['one', 'two', 'three'].map((name) => startScriptedOrigin(answering(ok(name)))))
  gateway = await startEngine({ targets: origins.map(({ url }) => url) })
})

after(async () => {
  await gateway.stop()
  for (const origin of origins) await origin.stop()
})

beforeEach(async () => {
  client?.destroy()
  client = await connectRaw(gateway.port)
})

const use = (sessionAffinity: object, targets = origins.map(({ url }) => url)) => gateway.apply({ targets, upstream: { loadBalancing: 'RoundRobin', sessionAffinity: { enabled: true, ...sessionAffinity } } })

async function ask(fields = '') {
  client.send(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`)
  return client.response()
}

test('Hash by the request\'s own header: one key, one target; without it ordinary balancing', async () => {
  use({ policy: 'Hash' })
  const bodies = new Set<string>()
  for (let round = 0; round < 10; round++) bodies.add((await ask('X-Session-Key: me\r\n')).body)
  assert.equal(bodies.size, 1)
  const others = new Set<string>()
  for (let round = 0; round < 6; round++) others.add((await ask()).body)
  assert.equal(others.size, 3)
})

test('HashCookie: the first answer binds, the next ones say nothing', async () => {
  use({ policy: 'HashCookie', keyName: 'Seat' })
  const first = await ask()
  const [cookie] = first.headers.get('set-cookie')!.split(';')
  for (let round = 0; round < 6; round++) {
    const { body, headers } = await ask(`Cookie: ${cookie}\r\n`)
    assert.deepEqual([body, headers.get('set-cookie')], [first.body, undefined])
  }
})

test('a bound target that is gone: another one and a new cookie, or 503 where the configuration says so', async () => {
  use({ policy: 'HashCookie', keyName: 'Seat' })
  const first = await ask()
  const [cookie] = first.headers.get('set-cookie')!.split(';')
  const index = ['one', 'two', 'three'].indexOf(first.body)
  const disabled = (failurePolicy: string) => gateway.apply({
    targets: [],
    upstream: { sessionAffinity: { enabled: true, policy: 'HashCookie', keyName: 'Seat', failurePolicy }, targets: origins.map(({ url }, place) => ({ id: `t${place}`, address: url, enabled: place !== index })) }
  })
  disabled('Redistribute')
  const moved = await ask(`Cookie: ${cookie}\r\n`)
  assert.notEqual(moved.body, first.body)
  assert.ok(moved.headers.get('set-cookie')?.startsWith('Seat='))
  disabled('Return503')
  const refused = await ask(`Cookie: ${cookie}\r\n`)
  assert.deepEqual([refused.status, refused.headers.get('x-gateway-error')], [503, 'affinity_target_unavailable'])
})

test('the cookie carries Secure where the client speaks https, also to a trusted proxy', async () => {
  const secureBehind = async (trustedProxies: string[], proto: string): Promise<boolean> => {
    gateway.apply({ targets: origins.map(({ url }) => url), listener: { trustedProxies }, upstream: { sessionAffinity: { enabled: true, policy: 'HashCookie', keyName: 'Seat' } } })
    return (await ask(`X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: ${proto}\r\n`)).headers.get('set-cookie')!.includes('; secure')
  }
  assert.deepEqual([await secureBehind(['127.0.0.0/8'], 'https'), await secureBehind(['127.0.0.0/8'], 'http'), await secureBehind([], 'https')], [true, false, false])
})

test('a comma ends no cookie, and a second Cookie line is read too', async () => {
  use({ policy: 'HashCookie', keyName: 'Seat', failurePolicy: 'Return503' })
  const first = await ask()
  const [cookie] = first.headers.get('set-cookie')!.split(';')
  for (const fields of [`Cookie: pref=x,Seat=bad; ${cookie}\r\n`, `Cookie: pref=x\r\nCookie: ${cookie}\r\n`]) {
    const { status, body } = await ask(fields)
    assert.deepEqual([status, body], [200, first.body], fields)
  }
})
