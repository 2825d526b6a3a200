import assert from 'node:assert/strict'
import net from 'node:net'
import { afterEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { type TestOrigin, startOrigin } from '../testing/test-origin.ts'

const PREFIX = '/.well-known/acme-challenge/'
const TOKEN = 'a-token_of-an-authority-000000000000000000'
const ANSWER = `${TOKEN}.thumbprint`
const POLICY_ID = '00000000-0000-7000-8000-000000000400'

let gateway: EngineUnderTest | null = null
let origin: TestOrigin | null = null

afterEach(async () => {
  await gateway?.stop()
  await origin?.stop()
  gateway = origin = null
})

/** One route on /app, on an https listener elsewhere a policy that gets certificates by ACME, unless `acme` says otherwise. */
const configuration = (more: Partial<TestConfiguration> = {}, enabled = true): TestConfiguration => ({
  targets: ['http://127.0.0.1:1'],
  route: { match: { path: { type: 'prefix', value: '/app' } } },
  tlsPolicies: [{ acme: { enabled, domains: ['shop.test'] } }],
  listeners: [{ protocol: 'https', port: 65_000, tlsPolicyId: POLICY_ID }],
  ...more
})

const ask = async (path: string): Promise<[number, string]> => {
  const response = await fetch(`http://127.0.0.1:${gateway!.port}${path}`, { redirect: 'manual' })
  const text = await response.text()
  return [response.status, response.status === 200 ? text : response.headers.get('x-gateway-error') ?? response.headers.get('location') ?? '']
}

test('a challenge is answered before routes and redirects, and nothing under its path is redirected', async () => {
  gateway = await startEngine(configuration({ listener: { redirectToHttps: { port: 443, status: 308 } } }))
  gateway.engine.useCredentials({ certificates: [], fleetKey: null, challenges: [{ token: TOKEN, keyAuthorization: ANSWER }] })
  assert.deepEqual(await ask(PREFIX + TOKEN), [200, ANSWER])
  for (const token of ['unknown', 'unknown-token-0000000000000']) assert.deepEqual(await ask(PREFIX + token), [404, 'no_route'], token)
  for (const path of ['/', '/app', PREFIX, `${PREFIX}a/b`, `${PREFIX}a%2Fb`, '/.well-known/acme-challenge']) assert.equal((await ask(path))[0], 308, path)
})

test('a token that is none of ours goes on to the routes: an origin may get certificates by itself', async () => {
  origin = await startOrigin('of the origin')
  gateway = await startEngine(configuration({ targets: [origin.address], route: { match: { path: { type: 'prefix', value: '/' } } } }), { challenge: () => Promise.resolve(null) })
  assert.deepEqual(await ask(`${PREFIX}unknown-token-0000000000000`), [200, 'of the origin'])
})

test('a token that is not here is asked for, once, and waited for a moment', async () => {
  const asked: string[] = []
  gateway = await startEngine(configuration(), {
    async challenge(token) {
      asked.push(token)
      await sleep(token.startsWith('late') ? 2_000 : 30)
      return token === TOKEN ? ANSWER : null
    }
  })
  assert.deepEqual(await Promise.all(Array.from({ length: 10 }, () => ask(PREFIX + TOKEN))), Array.from({ length: 10 }, () => [200, ANSWER]))
  assert.deepEqual(asked, [TOKEN])
  const from = performance.now()
  assert.deepEqual(await ask(`${PREFIX}late-token-0000000000000000`), [404, 'no_route'])
  assert.ok(performance.now() - from < 1_500, 'it waits for too long')
  for (let count = 0; count < 3; count++) assert.deepEqual(await ask(`${PREFIX}late-token-0000000000000000`), [404, 'no_route'])
  assert.equal(asked.length, 2, 'what there is not is remembered')
  // Too short to be one, no base64url, another path.
  for (const path of [`${PREFIX}short`, `${PREFIX}unknown.token+0000000000000`, `${PREFIX}${'a'.repeat(300)}`, `/app${PREFIX}`]) await ask(path)
  assert.equal(asked.length, 2)
})

test('strangers who make tokens up are not waited for, nor asked for, without bounds; nor where nothing comes by ACME', async () => {
  const asked: string[] = []
  const challenge = (token: string): Promise<null> => {
    asked.push(token)
    return new Promise(() => {})
  }
  gateway = await startEngine(configuration(), { challenge })
  const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => ask(`${PREFIX}made-up-token-00000000000${index}`)))
  assert.ok(answers.every(([status]) => status === 404))
  assert.ok(asked.length >= 1 && asked.length <= 16, `${asked.length} were asked for`)
  gateway.apply(configuration({}, false))
  const before = asked.length
  await ask(`${PREFIX}another-token-000000000000`)
  assert.equal(asked.length, before)
})

test('a client that leaves while its token is asked for leaves nothing behind', async () => {
  const [asked, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  gateway = await startEngine(configuration(), { challenge: async () => (asked.resolve(), await left.promise, ANSWER) })
  const socket = net.connect(gateway.port, '127.0.0.1')
  socket.write(`GET ${PREFIX}${TOKEN} HTTP/1.1\r\nHost: shop.test\r\n\r\n`)
  await asked.promise
  socket.destroy()
  for (const end = Date.now() + 5_000; gateway.engine.stats().connections > 0; await sleep(5)) assert.ok(Date.now() < end, 'the connection is still there')
  left.resolve()
  assert.deepEqual(await ask(`${PREFIX}${TOKEN}x`), [200, ANSWER])
  const { inFlight, byCode } = gateway.engine.stats()
  assert.deepEqual([inFlight, byCode['defect']], [0, undefined])
})
