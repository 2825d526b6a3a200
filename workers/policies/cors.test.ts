import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origin: ScriptedOrigin
let gateway: EngineUnderTest
let client: RawClient
let originFields = ''
const seen: string[] = []

before(async () => {
  origin = await startScriptedOrigin(answering((head) => {
    seen.push(head)
    return ok('x', originFields)
  }))
  gateway = await startEngine({ targets: [origin.url] })
})

after(async () => {
  client.destroy()
  await gateway.stop()
  await origin.stop()
})

beforeEach(async () => {
  client?.destroy()
  client = await connectRaw(gateway.port)
  originFields = ''
})

function use(cors: object, more: { policy?: object; route?: object; policies?: object[] } = {}): void {
  gateway.apply({ targets: [origin.url], policies: [{ name: 'shop', cors, ...more.policy }, ...(more.policies ?? [])], route: { corsPolicy: 'shop', ...more.route } })
}

async function ask(method: string, fields: string) {
  const before = seen.length
  client.send(`${method} / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`)
  const { status, headers } = await client.response(method)
  return { status, cors: Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')).map(([name, value]) => [name.slice('access-control-'.length), value])), vary: headers.get('vary'), isPassed: seen.length > before }
}

const preflight = (origin: string, method = 'PUT', headers = '') => `Origin: ${origin}\r\nAccess-Control-Request-Method: ${method}\r\n${headers === '' ? '' : `Access-Control-Request-Headers: ${headers}\r\n`}`
const SHOP = { origins: ['https://shop.example', 'https://*.shop.example:8443', 'https://plain.example:443'], methods: ['GET', 'PUT'], headers: ['Content-Type', 'X-A'], exposed: ['ETag'], credentials: true, maxAgeSeconds: 60 }

describe('a preflight', () => {
  test('is answered by the gateway, with what is allowed', async () => {
    use(SHOP)
    assert.deepEqual(await ask('OPTIONS', preflight('https://shop.example', 'PUT', 'x-a, content-type')), {
      status: 204,
      cors: { 'allow-origin': 'https://shop.example', 'allow-methods': 'GET, PUT', 'allow-headers': 'Content-Type, X-A', 'max-age': '60', 'allow-credentials': 'true' },
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      isPassed: false
    })
  })

  test('of another origin gets no permission', async () => {
    use(SHOP)
    for (const other of ['https://evil.example', 'http://shop.example', 'https://shop.example:8443', 'https://shop.example.evil.example', 'https://evil-shop.example:8443', 'https://.shop.example:8443', 'https://a/.shop.example:8443', 'null', 'https://SHOP.example']) {
      const { status, cors, isPassed } = await ask('OPTIONS', preflight(other))
      assert.deepEqual([status, cors, isPassed], [204, {}, false], other)
    }
    for (const own of ['https://a.shop.example:8443', 'https://a.b.shop.example:8443', 'https://plain.example']) assert.equal((await ask('OPTIONS', preflight(own))).cors['allow-origin'], own)
    assert.ok(gateway.engine.stats().refusals.some(({ policy, reason, count }) => policy === 'shop' && reason === 'origin_not_allowed' && count === 9))
  })

  test('is never authorized, and comes before that', async () => {
    const policies = [{ name: 'staff', authorization: { apiKey: { header: 'X-Key', keys: [{ name: 'a', hash: 'a'.repeat(64) }] } } }]
    use(SHOP, { policies, route: { corsPolicy: 'shop', authorizationPolicy: 'staff' } })
    assert.equal((await ask('OPTIONS', preflight('https://shop.example'))).status, 204)
    const other = await ask('OPTIONS', 'Origin: https://shop.example\r\n')
    assert.deepEqual([other.status, other.cors['allow-origin'], other.isPassed], [401, 'https://shop.example', false])
  })

  test('reaches a route that does not list OPTIONS by the method that it announces', async () => {
    use(SHOP, { route: { corsPolicy: 'shop', match: { methods: ['PUT'] } } })
    const { status, cors, isPassed } = await ask('OPTIONS', preflight('https://shop.example', 'PUT'))
    assert.deepEqual([status, cors['allow-origin'], isPassed], [204, 'https://shop.example', false])
    assert.equal((await ask('OPTIONS', preflight('https://shop.example', 'GET'))).status, 404)
    assert.equal((await ask('OPTIONS', 'Origin: https://shop.example\r\n')).status, 404)
  })

  test('is not one without a method that it asks for: then it is the origin\'s', async () => {
    use(SHOP)
    assert.equal((await ask('OPTIONS', 'Origin: https://shop.example\r\n')).isPassed, true)
  })
})

describe('an answer', () => {
  test('of the origin says what the policy says, and nothing else about it', async () => {
    use(SHOP)
    originFields = 'Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: X-Secret\r\nVary: Accept\r\n'
    assert.deepEqual(await ask('GET', 'Origin: https://shop.example\r\n'), { status: 200, cors: { 'allow-origin': 'https://shop.example', 'expose-headers': 'ETag', 'allow-credentials': 'true' }, vary: 'Accept, Origin', isPassed: true })
    assert.deepEqual(await ask('GET', 'Origin: https://evil.example\r\n'), { status: 200, cors: {}, vary: 'Accept, Origin', isPassed: true })
    assert.deepEqual((await ask('GET', '')).cors, {})
  })

  test('for every origin is the same for all', async () => {
    use({ origins: ['*'], methods: ['*'], headers: ['*'] })
    assert.deepEqual(await ask('GET', ''), { status: 200, cors: { 'allow-origin': '*' }, vary: undefined, isPassed: true })
    assert.deepEqual((await ask('OPTIONS', preflight('https://any.example', 'DELETE', 'X-B'))).cors, { 'allow-origin': '*', 'allow-methods': '*', 'allow-headers': '*', 'max-age': '600' })
  })

  test('of the gateway itself says it too', async () => {
    use(SHOP, { route: { corsPolicy: 'shop', upstreamId: undefined, respond: { status: 418 } } })
    assert.equal((await ask('GET', 'Origin: https://shop.example\r\n')).cors['allow-origin'], 'https://shop.example')
    gateway.apply({ targets: ['http://127.0.0.1:1'], policies: [{ name: 'shop', cors: SHOP }], route: { corsPolicy: 'shop' } })
    const failed = await ask('GET', 'Origin: https://shop.example\r\n')
    assert.deepEqual([failed.status, failed.cors['allow-origin']], [502, 'https://shop.example'])
    use(SHOP, { route: { corsPolicy: 'shop', maintenance: { enabled: true } } })
    assert.equal((await ask('GET', 'Origin: https://shop.example\r\n')).cors['allow-origin'], 'https://shop.example')
  })

  test('of a policy that only observes is the origin\'s', async () => {
    use(SHOP, { policy: { mode: 'observe' } })
    originFields = 'Access-Control-Allow-Origin: https://own.example\r\n'
    const { cors, isPassed } = await ask('OPTIONS', preflight('https://evil.example'))
    assert.deepEqual([cors, isPassed], [{ 'allow-origin': 'https://own.example' }, true])
    assert.ok(gateway.engine.stats().refusals.some(({ reason, enforced }) => reason === 'origin_not_allowed' && !enforced))
  })
})
