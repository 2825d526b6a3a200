import assert from 'node:assert/strict'
import { scrypt, type ScryptOptions } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'
import { startTokenIssuer, type TokenIssuer } from '../testing/token-issuer.ts'

let issuer: TokenIssuer
let origins: ScriptedOrigin[]
let gateway: EngineUnderTest
let client: RawClient
const seen: string[] = []

before(async () => {
  issuer = await startTokenIssuer()
  origins = await Promise.all(['one', 'two', 'three'].map((name) => startScriptedOrigin(answering((head) => {
    seen.push(head)
    return ok(name)
  }))))
  gateway = await startEngine({ targets: [origins[0]!.url] })
})

after(async () => {
  client?.destroy()
  await gateway.stop()
  for (const origin of origins) await origin.stop()
  await issuer.stop()
})

beforeEach(async () => {
  client?.destroy()
  client = await connectRaw(gateway.port)
})

const provider = () => ({ issuer: issuer.issuer, audiences: ['gateway'], jwksUrl: issuer.jwksUrl })
const tenantRoute = { tenantCode: 'acme', isGlobal: undefined, match: { path: { type: 'prefix', value: '/' } } }
const use = (given: { listener?: object; upstream?: object; route?: object; routes?: object[]; targets?: string[]; providers?: object[] } = {}) =>
  gateway.apply({ targets: [origins[0]!.url], providers: [provider()], ...given })

async function ask(fields = '', path = '/'): Promise<string> {
  await gateway.engine.firstKeys()
  client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`)
  const { status } = await client.response()
  assert.equal(status, 200)
  return seen.at(-1)!
}

const lines = (head: string, prefix: string) => head.split('\r\n').filter((line) => line.toLowerCase().startsWith(prefix))

describe('a tenant', () => {
  test('by header: the origin hears it from the gateway, once, and how it is known', async () => {
    use()
    assert.deepEqual(lines(await ask('x-TENANT-code: acme\r\nX-Tenant-Source: token\r\n'), 'x-tenant'), ['X-Tenant-Code: acme', 'X-Tenant-Source: header'])
    assert.deepEqual(lines(await ask(), 'x-tenant'), [])
  })

  test('by header that names two, or none that can be, counts for nothing', async () => {
    use()
    assert.deepEqual(lines(await ask('X-Tenant-Code: acme\r\nX-Tenant-Code: other\r\n'), 'x-tenant'), [])
    assert.deepEqual(lines(await ask('X-Tenant-Code: a b\r\n'), 'x-tenant'), [])
  })

  test('by a header of another name; the own one is then still not passed on', async () => {
    use({ listener: { tenantHeader: { name: 'X-Org' } } })
    const head = await ask('X-Org: acme\r\nX-Tenant-Code: forged\r\n')
    assert.deepEqual([lines(head, 'x-tenant'), lines(head, 'x-org')], [['X-Tenant-Code: acme', 'X-Tenant-Source: header'], []])
  })

  test('by header is not believed where the listener takes it from nobody', async () => {
    use({ listener: { tenantHeader: { acceptFrom: 'nobody' } } })
    assert.deepEqual(lines(await ask('X-Tenant-Code: acme\r\n'), 'x-tenant'), [])
  })

  test('by token goes before the header; a user without one has none', async () => {
    use()
    const acme = await issuer.token({ tenant_code: 'acme' })
    assert.deepEqual(lines(await ask(`Authorization: Bearer ${acme}\r\nX-Tenant-Code: other\r\n`), 'x-tenant'), ['X-Tenant-Code: acme', 'X-Tenant-Source: token'])
    assert.deepEqual(lines(await ask(`Authorization: Bearer ${await issuer.token()}\r\nX-Tenant-Code: other\r\n`), 'x-tenant'), [])
  })

  test('whose token is invalid is nobody, whatever the header says', async () => {
    use()
    assert.deepEqual(lines(await ask(`Authorization: Bearer ${await issuer.token({ aud: 'else' })}\r\nX-Tenant-Code: acme\r\n`), 'x-tenant'), [])
    assert.deepEqual(lines(await ask('Authorization: Bearer junk\r\nX-Tenant-Code: acme\r\n'), 'x-tenant'), [])
  })

  test('stands in the record with how it is known', async () => {
    use()
    const recorded = async (fields: string) => {
      await ask(fields)
      const { tenant, tenantSource, token } = gateway.records.at(-1)!
      return [tenant, tenantSource, token]
    }
    assert.deepEqual(await recorded(`Authorization: Bearer ${await issuer.token({ tenant_code: 'acme' })}\r\n`), ['acme', 'token', 'valid'])
    assert.deepEqual(await recorded('X-Tenant-Code: acme\r\n'), ['acme', 'header', 'none'])
    assert.deepEqual(await recorded('Authorization: Bearer junk\r\nX-Tenant-Code: acme\r\n'), ['', '', 'invalid'])
    assert.deepEqual(await recorded(''), ['', '', 'none'])
  })

  test('meets its own routes before the global ones, and nobody else does', async () => {
    use({ routes: [{ ...tenantRoute, upstreamId: undefined, respond: { status: 200, body: 'of acme' } }] })
    await gateway.engine.firstKeys()
    const bodyFor = async (fields: string) => {
      client.send(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`)
      return (await client.response()).body
    }
    assert.equal(await bodyFor('X-Tenant-Code: acme\r\n'), 'of acme')
    assert.equal(await bodyFor(`Authorization: Bearer ${await issuer.token({ tenant_code: 'acme' })}\r\n`), 'of acme')
    assert.equal(await bodyFor('X-Tenant-Code: ACME\r\n'), 'one')
    assert.equal(await bodyFor(''), 'one')
    assert.equal(await bodyFor('Authorization: Bearer junk\r\nX-Tenant-Code: acme\r\n'), 'one')
  })

  test('cannot be forged by a transform, nor can an allow-list hide it', async () => {
    use({ route: { transforms: [{ RequestHeadersCopy: 'false' }] } })
    assert.deepEqual(lines(await ask('X-Tenant-Code: acme\r\n'), 'x-tenant'), ['X-Tenant-Code: acme', 'X-Tenant-Source: header'])
  })
})

describe('the key of a session', () => {
  const affinity = { targets: [] as string[], upstream: { sessionAffinity: { enabled: true, policy: 'Hash' } } }
  const hashed = () => ({ ...affinity, targets: origins.map(({ url }) => url) })

  test('is the user, in place of what the client says', async () => {
    use(hashed())
    const token = `Authorization: Bearer ${await issuer.token({ sub: 'ann' })}\r\n`
    const targets = new Set<string>()
    await gateway.engine.firstKeys()
    for (let round = 0; round < 8; round++) {
      client.send(`GET / HTTP/1.1\r\nHost: a\r\n${token}X-Session-Key: ${round}\r\n\r\n`)
      targets.add((await client.response()).body)
      assert.deepEqual(lines(seen.at(-1)!, 'x-session-key'), ['X-Session-Key: ann'])
    }
    assert.equal(targets.size, 1)
  })

  test('is the tenant where there is no user; the own one where there is neither', async () => {
    use(hashed())
    assert.deepEqual(lines(await ask('X-Tenant-Code: acme\r\nX-Session-Key: mine\r\n'), 'x-session-key'), ['X-Session-Key: acme'])
    assert.deepEqual(lines(await ask('X-Session-Key: mine\r\n'), 'x-session-key'), ['X-Session-Key: mine'])
  })
})

describe('a token that was not seen before', () => {
  /** Keeps the threads of libuv busy, so that signatures wait. Resolves when they are free. */
  const holdSignatures = () => Promise.all(Array.from({ length: 8 }, () => promisify<string, string, number, ScryptOptions>(scrypt)('x', 'salt', 32, { N: 2 ** 14, p: 8 })))

  test('holds up only its own request', async () => {
    use()
    await gateway.engine.firstKeys()
    const token = await issuer.token({ tenant_code: 'acme', jti: 'held' })
    const other = await connectRaw(gateway.port)
    const held = holdSignatures()
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    other.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.equal((await other.response()).status, 200)
    assert.equal(client.received, '')
    await held
    assert.equal((await client.response()).status, 200)
    assert.deepEqual(lines(seen.at(-1)!, 'x-tenant-code'), ['X-Tenant-Code: acme'])
    other.destroy()
  })

  test('a client that leaves while it is verified is forgotten', async () => {
    use()
    await gateway.engine.firstKeys()
    const before = seen.length
    const token = await issuer.token({ jti: 'left' })
    const other = await connectRaw(gateway.port)
    const held = holdSignatures()
    client.send(`GET /left HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    other.send(`GET /stays HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    while (gateway.engine.stats().inFlight < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    client.socket.resetAndDestroy()
    while (gateway.engine.stats().inFlight > 1) await new Promise((resolve) => setTimeout(resolve, 5))
    await held
    assert.equal((await other.response()).status, 200)
    assert.equal(seen.length, before + 1)
    other.destroy()
  })

  test('with a body in pieces', async () => {
    const collecting = await startScriptedOrigin((peer) => {
      peer.socket.on('data', () => {
        if (peer.received.endsWith('0123456789'.repeat(50))) peer.send(ok('whole'))
      })
    })
    use({ targets: [collecting.url] })
    await gateway.engine.firstKeys()
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${await issuer.token({ jti: 'body' })}\r\nContent-Length: 500\r\n\r\n`)
    for (let piece = 0; piece < 50; piece++) client.send('0123456789')
    assert.equal((await client.response()).body, 'whole')
    await collecting.stop()
  })
})
