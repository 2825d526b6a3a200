import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { createSharedMemory } from '../state/shared-memory.ts'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { connectRaw } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'
import { startTokenIssuer, type TokenIssuer } from '../testing/token-issuer.ts'
import { type LeaseAnswer, overloadedAnswer } from './limits/lease.ts'

let origin: ScriptedOrigin
let issuer: TokenIssuer
let threads: EngineUnderTest[]
let nextId = 900

before(async () => {
  issuer = await startTokenIssuer()
  origin = await startScriptedOrigin(answering(ok('x')))
  const memory = createSharedMemory(2)
  threads = await Promise.all([0, 1].map((thread) => startEngine({ targets: [origin.url] }, { memory, thread })))
})

after(async () => {
  for (const thread of threads) await thread.stop()
  await origin.stop()
  await issuer.stop()
})

/** A policy of its own, so that no test meets the counts of another. */
const policy = (rateLimiter: object, more: object = {}) => ({ id: `00000000-0000-7000-8000-000000000${++nextId}`, name: 'often', rateLimiter, ...more })

function use(limiter: object, more: Partial<TestConfiguration> & { policies?: object[] } = {}): void {
  for (const thread of threads) thread.apply({ targets: [origin.url], ...more, policies: [limiter, ...(more.policies ?? [])], route: { rateLimiterPolicy: 'often', ...more.route } })
}

/** Sends requests one after the other to the threads in turn; `fields` of each. */
async function statuses(count: number, fields: (index: number) => string = () => '', path = '/'): Promise<number[]> {
  const clients = await Promise.all(threads.map(({ port }) => connectRaw(port)))
  const found: number[] = []
  for (const { engine } of threads) await engine.firstKeys()
  for (let index = 0; index < count; index++) {
    const client = clients[index % clients.length]!
    client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n${fields(index)}\r\n`)
    found.push((await client.response()).status)
  }
  for (const client of clients) client.destroy()
  return found
}

const allowed = (found: number[]): number => found.filter((status) => status === 200).length
const bearer = (token: string) => `Authorization: Bearer ${token}\r\n`

describe('a limit of a node', () => {
  test('is that of all its threads together, and says when to come again', async () => {
    use(policy({ limit: 10, windowSeconds: 60 }))
    assert.equal(allowed(await statuses(20)), 10)
    const client = await connectRaw(threads[0]!.port)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const { status, headers } = await client.response()
    client.destroy()
    assert.deepEqual([status, headers.get('x-gateway-error'), headers.get('ratelimit-policy')], [429, 'rate_limited', '"often";q=10;w=60'])
    const wait = Number(headers.get('retry-after'))
    assert.ok(wait >= 1 && wait <= 6, `Retry-After: ${wait}`)
    assert.equal(headers.get('ratelimit'), `"often";r=0;t=${wait}`)
  })

  test('counts in a sliding window too', async () => {
    use(policy({ algorithm: 'slidingWindow', limit: 7, windowSeconds: 3600 }))
    assert.equal(allowed(await statuses(15)), 7)
  })

  test('outlives configurations', async () => {
    const limiter = policy({ limit: 10, windowSeconds: 600 })
    use(limiter)
    assert.equal(allowed(await statuses(6)), 6)
    use({ ...limiter, description: 'changed' }, { route: { serviceName: 'changed' } })
    assert.equal(allowed(await statuses(10)), 4)
    use({ ...limiter, name: 'Often' })
    assert.equal(allowed(await statuses(4)), 0)
  })

  test('is not widened by what clients claim', async () => {
    use(policy({ limit: 5, windowSeconds: 600 }))
    assert.equal(allowed(await statuses(20, (index) => `X-Forwarded-For: 10.0.0.${index}\r\nForwarded: for=10.0.0.${index}\r\nX-Real-IP: 10.0.0.${index}\r\n`)), 5)
    use(policy({ limit: 5, windowSeconds: 600, key: 'tenant' }))
    assert.equal(allowed(await statuses(20, (index) => `X-Tenant-Code: tenant-${index}\r\n`)), 5, 'a tenant that is only named is an address')
    use(policy({ limit: 5, windowSeconds: 600, key: 'user' }))
    assert.equal(allowed(await statuses(20, (index) => `X-User: ${index}\r\n`)), 5, 'nobody is an address')
    use(policy({ limit: 5, windowSeconds: 600 }), { listener: { trustedProxies: ['127.0.0.1/32'] } })
    assert.equal(allowed(await statuses(20, (index) => `X-Forwarded-For: 6.6.6.${index}, 198.51.100.7\r\n`)), 5, 'what stands before the hop that the proxy saw is the client\'s own claim')
    assert.equal(allowed(await statuses(20, (index) => `X-Forwarded-For: 2001:db8::${index.toString(16)}\r\n`)), 5, 'an IPv6 client has 64 bits of addresses')
  })

  for (const acceptFrom of ['any', 'trustedProxies']) {
    test(`by a tenant that is only named is one of the address, taken from ${acceptFrom}: another client is not touched`, async () => {
      use(policy({ limit: 3, windowSeconds: 600, key: 'tenant' }), { listener: { trustedProxies: ['127.0.0.1/32'], tenantHeader: { acceptFrom } } })
      const from = (address: string) => (index: number) => `X-Forwarded-For: ${address}\r\nX-Tenant-Code: tenant-${index}\r\n`
      assert.equal(allowed(await statuses(9, from('198.51.100.1'))), 3)
      assert.equal(allowed(await statuses(9, from('198.51.100.2'))), 3)
    })
  }

  test('counts users, tenants of tokens, headers and routes apart', async () => {
    const providers = [{ issuer: issuer.issuer, audiences: ['gateway'], jwksUrl: issuer.jwksUrl }]
    const [ann, bob] = await Promise.all([issuer.token({ sub: 'ann', tenant_code: 'acme' }), issuer.token({ sub: 'bob', tenant_code: 'acme' })])
    use(policy({ limit: 3, windowSeconds: 600, key: 'user' }), { providers })
    assert.deepEqual([allowed(await statuses(6, () => bearer(ann))), allowed(await statuses(6, () => bearer(bob)))], [3, 3])
    use(policy({ limit: 3, windowSeconds: 600, key: 'tenant' }), { providers })
    assert.equal(allowed(await statuses(6, () => 'X-Tenant-Code: acme\r\n')), 3)
    assert.deepEqual([allowed(await statuses(6, () => bearer(ann))), allowed(await statuses(6, () => bearer(bob)))], [3, 0], 'whoever merely names the tenant uses up nothing of it')
    use(policy({ limit: 3, windowSeconds: 600, key: 'header:X-Plan' }))
    assert.deepEqual([allowed(await statuses(6, () => 'X-Plan: a\r\n')), allowed(await statuses(6, () => 'x-plan: b\r\n'))], [3, 3])
    use(policy({ limit: 3, windowSeconds: 600, key: 'route' }), { routes: [{ match: { path: { type: 'prefix', value: '/b' } }, rateLimiterPolicy: 'often' }] })
    assert.deepEqual([allowed(await statuses(6)), allowed(await statuses(6, () => '', '/b'))], [3, 3])
  })

  test('by user counts whoever the policy let in, and nobody before', async () => {
    const hash = (key: string) => createHash('sha256').update(key).digest('hex')
    const keys = { name: 'keys', authorization: { apiKey: { header: 'X-Key', keys: [{ name: 'a', hash: hash('ka') }, { name: 'b', hash: hash('kb') }] } } }
    use(policy({ limit: 3, windowSeconds: 600, key: 'user' }), { policies: [keys], route: { rateLimiterPolicy: 'often', authorizationPolicy: 'keys' } })
    assert.deepEqual((await statuses(4, () => 'X-Key: wrong\r\n')).filter((status) => status !== 401), [])
    assert.deepEqual([allowed(await statuses(5, () => 'X-Key: ka\r\n')), allowed(await statuses(5, () => 'X-Key: kb\r\n'))], [3, 3])
    use(policy({ limit: 3, windowSeconds: 600 }), { policies: [keys], route: { rateLimiterPolicy: 'often', authorizationPolicy: 'keys' } })
    assert.deepEqual(await statuses(5, () => 'X-Key: guess\r\n'), [401, 401, 401, 429, 429], 'by address it comes before: guessing is limited')
  })

  test('in mode observe only counts', async () => {
    use(policy({ limit: 2, windowSeconds: 600 }, { mode: 'observe' }))
    assert.equal(allowed(await statuses(6)), 6)
    assert.ok(threads.some((thread) => thread.engine.stats().refusals.some(({ reason, enforced }) => reason === 'rate_limited' && !enforced)))
  })
})

test('a limit of the fleet where nobody can be asked does what it says', async () => {
  const fleet = { limit: 4, windowSeconds: 600, scope: 'fleet' }
  use(policy({ ...fleet, onRedisDown: 'local' }))
  assert.equal(allowed(await statuses(10)), 4)
  use(policy({ ...fleet, onRedisDown: 'allow' }))
  assert.equal(allowed(await statuses(10)), 10)
  use(policy({ ...fleet, onRedisDown: 'deny' }))
  assert.deepEqual([...new Set(await statuses(4))], [503])
})

describe('a limit of the fleet', () => {
  /** Asks twice a node whose leases are answered so: status, code, and the headers that say when to come again. */
  async function askTwice(rateLimiter: object, answer: Omit<LeaseAnswer, 'ask'>) {
    const node = await startEngine({ targets: [origin.url] }, { lease: (asks) => Promise.resolve(asks.map(({ ask }) => ({ ...answer, ask }))) })
    node.apply({ targets: [origin.url], policies: [policy({ limit: 5, windowSeconds: 3_600, scope: 'fleet', ...rateLimiter })], route: { rateLimiterPolicy: 'often' } })
    const client = await connectRaw(node.port)
    const found: string[] = []
    for (let index = 0; index < 2; index++) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      const { status, headers } = await client.response()
      found.push(['x-gateway-error', 'retry-after', 'ratelimit'].reduce((text, name) => `${text} ${headers.get(name) ?? '-'}`, String(status)))
    }
    client.destroy()
    await node.stop()
    return { found, refusals: node.engine.stats().refusals.map(({ reason, count }) => `${reason} ${count}`) }
  }

  test('tells every client when Redis lets one through again, not when it is asked again', async () => {
    const { found } = await askTwice({}, { ...overloadedAnswer(0), isOverloaded: false, retryMs: 720_000 })
    assert.deepEqual(found, Array.from({ length: 2 }, () => '429 rate_limited 720 "often";r=0;t=720'))
  })

  for (const onRedisDown of ['local', 'allow', 'deny']) {
    test(`refuses what is too much to be counted, whatever it does without Redis (${onRedisDown})`, async () => {
      const { found, refusals } = await askTwice({ onRedisDown }, overloadedAnswer(0))
      assert.deepEqual(found, Array.from({ length: 2 }, () => '503 rate_limiter_overloaded 1 -'))
      assert.deepEqual(refusals, ['limiter_overloaded 2'])
    })
  }
})
