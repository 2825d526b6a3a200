import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { base64url, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { WebSocket, WebSocketServer } from 'ws'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'
import { startTokenIssuer, type TokenIssuer } from '../testing/token-issuer.ts'

let issuer: TokenIssuer
let other: TokenIssuer
let origin: ScriptedOrigin
let gateway: EngineUnderTest
let client: RawClient
let passed = 0

before(async () => {
  issuer = await startTokenIssuer()
  other = await startTokenIssuer('https://other.example/')
  origin = await startScriptedOrigin(answering(() => {
    passed++
    return ok('in')
  }))
  gateway = await startEngine({ targets: [origin.url] })
})

after(async () => {
  client.destroy()
  await gateway.stop()
  await origin.stop()
  await issuer.stop()
  await other.stop()
})

beforeEach(async () => {
  client?.destroy()
  client = await connectRaw(gateway.port)
})

const provider = (of: TokenIssuer, name: string, more: object = {}) => ({ name, issuer: of.issuer, audiences: ['gateway'], jwksUrl: of.jwksUrl, ...more })
function guard(jwt: object, more: { authorization?: object; providers?: object[]; targets?: string[] } = {}): void {
  gateway.apply({ targets: more.targets ?? [origin.url], providers: more.providers ?? [provider(issuer, 'login'), provider(other, 'partners')], policies: [{ name: 'guard', authorization: { jwt, ...more.authorization } }], route: { authorizationPolicy: 'guard' } })
}

async function ask(token: string | null, fields = ''): Promise<{ status: number; challenge: string; isPassed: boolean }> {
  const before = passed
  await gateway.engine.firstKeys()
  client.send(`GET / HTTP/1.1\r\nHost: a\r\n${token === null ? '' : `Authorization: Bearer ${token}\r\n`}${fields}\r\n`)
  const { status, headers } = await client.response()
  return { status, challenge: headers.get('www-authenticate') ?? '', isPassed: passed > before }
}

const unsigned = (header: object, payload: object, signature = '') => `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(payload))}.${signature}`
const seconds = () => Math.floor(Date.now() / 1000)
const claims = () => ({ iss: issuer.issuer, aud: 'gateway', sub: 'ann', exp: seconds() + 300 })

describe('a token', () => {
  test('that is good lets in; without one the client is asked for one', async () => {
    guard({})
    assert.deepEqual(await ask(await issuer.token()), { status: 200, challenge: '', isPassed: true })
    assert.deepEqual(await ask(null), { status: 401, challenge: 'Bearer realm="gateway"', isPassed: false })
    assert.equal((await ask(null, 'Authorization: Basic YTpi\r\n')).status, 401)
    assert.equal((await ask(null, 'X-Tenant-Code: acme\r\n')).status, 401)
  })

  test('that is forged, confused, or for another is refused, and nothing reaches the origin', async () => {
    guard({})
    const own = await generateKeyPair('ES256')
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const sign = (key: Parameters<SignJWT['sign']>[0], header: Parameters<SignJWT['setProtectedHeader']>[0], more: object = {}) => new SignJWT({ ...claims(), ...more }).setProtectedHeader(header).sign(key)
    const jwks = await (await fetch(issuer.jwksUrl)).json() as { keys: { x: string; y: string }[] }
    const publicText = await exportSPKI(own.publicKey)
    const hmac = (secret: string) => {
      const input = unsigned({ alg: 'HS256', kid: 'first' }, claims()).slice(0, -1)
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    }
    const bad: Record<string, string> = {
      'alg none': unsigned({ alg: 'none' }, claims()),
      'alg NONE': unsigned({ alg: 'NONE', kid: 'first' }, claims()),
      'no signature': unsigned({ alg: 'ES256', kid: 'first' }, claims()),
      'an empty signature': unsigned({ alg: 'ES256', kid: 'first' }, claims(), 'AA'),
      'signed with the public key as a secret': hmac(JSON.stringify(jwks.keys[0])),
      'signed with the PEM as a secret': hmac(publicText),
      'signed with nothing as a secret': hmac(''),
      'another key under the same id': await sign(own.privateKey, { alg: 'ES256', kid: 'first' }),
      'a key of its own': await sign(own.privateKey, { alg: 'ES256', jwk: await import('jose').then(({ exportJWK }) => exportJWK(own.publicKey)) }),
      'a key set of its own': await sign(own.privateKey, { alg: 'ES256', kid: 'first', jku: 'https://evil.example/jwks' }),
      'another kind of key': await sign(rsa.privateKey, { alg: 'RS256', kid: 'first' }),
      'an unknown key': await issuer.token({}, { kid: 'unknown' }),
      'another audience': await issuer.token({ aud: 'another' }),
      'no audience': await issuer.token({ aud: undefined as unknown as string }),
      'it is over': await issuer.token({ exp: seconds() - 60 }),
      'no end': await issuer.token({ exp: undefined as unknown as number }),
      'not yet': await issuer.token({ nbf: seconds() + 600 }),
      'an issuer that nobody knows': await issuer.token({ iss: 'https://evil.example/' }),
      'the issuer of the other, signed by this': await issuer.token({ iss: other.issuer }),
      'huge': await issuer.token({ pad: 'x'.repeat(20_000) }),
      'no token at all': 'x.y.z',
      'critical fields that nobody knows': await sign(own.privateKey, { alg: 'ES256', kid: 'first', crit: ['b64'], b64: true } as never).catch(() => 'a.b.c')
    }
    for (const [what, token] of Object.entries(bad)) {
      const { status, challenge, isPassed } = await ask(token)
      assert.deepEqual([status, isPassed], [401, false], what)
      assert.match(challenge, /^Bearer realm="gateway", error="invalid_token", error_description="[a-z_]+"$/, what)
    }
  })

  test('of another provider than the policy names is none', async () => {
    guard({ provider: 'LOGIN' })
    assert.equal((await ask(await issuer.token())).status, 200)
    assert.equal((await ask(await other.token())).status, 401)
    guard({})
    assert.equal((await ask(await other.token())).status, 200)
  })

  test('is held to claims and scopes', async () => {
    guard({ requiredClaims: [{ name: 'role', values: ['staff', 'admin'] }, { name: 'level', values: ['3'] }], requiredScopes: ['read', 'write'] })
    const good = { role: ['guest', 'staff'], level: 3, scope: 'read write more' }
    assert.equal((await ask(await issuer.token(good))).status, 200)
    assert.equal((await ask(await issuer.token({ ...good, scope: undefined, scp: ['read', 'write'] }))).status, 200)
    for (const wrong of [{ role: 'guest' }, { role: { staff: true } }, { role: null }, { level: '33' }, { level: true }]) assert.deepEqual(await ask(await issuer.token({ ...good, ...wrong } as never)), { status: 403, challenge: '', isPassed: false }, JSON.stringify(wrong))
    const { status, challenge } = await ask(await issuer.token({ ...good, scope: 'read writer' }))
    assert.deepEqual([status, challenge], [403, 'Bearer realm="gateway", scope="read write", error="insufficient_scope"'])
    guard({ requiredClaims: [{ name: 'role' }] })
    assert.deepEqual([(await ask(await issuer.token({ role: '' }))).status, (await ask(await issuer.token({ role: false }))).status, (await ask(await issuer.token())).status, (await ask(await issuer.token({ role: [] }))).status], [200, 200, 403, 403])
  })

  test('whose keys cannot be had lets nobody in, and says so', async () => {
    guard({}, { providers: [provider(issuer, 'login', { jwksUrl: 'http://127.0.0.1:1/jwks' })] })
    const { status, isPassed } = await ask(await issuer.token())
    assert.deepEqual([status, isPassed], [503, false])
    assert.ok(gateway.engine.stats().refusals.some(({ reason }) => reason === 'keys_unavailable'))
  })

  test('whose keys are not there yet holds up no request: 503 where a token is asked for, nobody elsewhere', async () => {
    const slow = await startTokenIssuer('https://slow.example/')
    let release = () => {}
    slow.held = new Promise<void>((resolve) => (release = resolve))
    gateway.apply({
      targets: [origin.url], providers: [provider(slow, 'login')], policies: [{ name: 'guard', authorization: { jwt: {} } }],
      routes: [{ match: { path: { type: 'prefix', value: '/in' } }, authorizationPolicy: 'guard' }]
    })
    const token = await slow.token()
    const status = async (path: string): Promise<number> => {
      client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`)
      return (await client.response()).status
    }
    assert.deepEqual([await status('/in'), await status('/'), slow.fetches], [503, 200, 1])
    release()
    await gateway.engine.firstKeys()
    assert.deepEqual([await status('/in'), slow.fetches], [200, 1])
    await slow.stop()
  })

  test('counts only as long as its provider is there', async () => {
    const token = await issuer.token()
    guard({})
    assert.equal((await ask(token)).status, 200)
    guard({}, { providers: [provider(other, 'partners')] })
    assert.equal((await ask(token)).status, 401)
    guard({}, { providers: [] })
    assert.equal((await ask(token)).status, 401)
  })
})

describe('reauthorize', () => {
  let server: http.Server
  let sockets: WebSocketServer

  before(async () => {
    server = http.createServer()
    sockets = new WebSocketServer({ server })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    server.close()
  })

  const targets = () => [`http://127.0.0.1:${(server.address() as AddressInfo).port}`]
  const open = async (token: string): Promise<WebSocket> => {
    await gateway.engine.firstKeys()
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/`, { headers: { authorization: `Bearer ${token}` } })
    await once(socket, 'open')
    return socket
  }

  test('closes a WebSocket with 1008 when its token is over', async () => {
    guard({}, { targets: targets(), providers: [provider(issuer, 'login', { clockSkewSeconds: 0 })], authorization: { reauthorize: true } })
    const begin = Date.now()
    const socket = await open(await issuer.token({ exp: seconds() + 2 }))
    const [code] = await once(socket, 'close')
    assert.equal(code, 1008)
    assert.ok(Date.now() - begin < 10_000)
  })

  test('looks again each interval, by the policy as it is then; without it nothing happens', async () => {
    guard({}, { targets: targets(), authorization: { reauthorize: true, reauthorizeSeconds: 1 } })
    const token = await issuer.token({ role: 'staff' })
    const socket = await open(token)
    guard({ requiredClaims: [{ name: 'role', values: ['staff'] }] }, { targets: targets(), authorization: { reauthorize: true, reauthorizeSeconds: 1 } })
    const closed = once(socket, 'close')
    assert.equal(await Promise.race([closed.then(() => 'closed'), new Promise((resolve) => setTimeout(resolve, 2_500, 'open'))]), 'open')
    guard({ requiredClaims: [{ name: 'role', values: ['admin'] }] }, { targets: targets(), authorization: { reauthorize: true, reauthorizeSeconds: 1 } })
    assert.equal((await closed)[0], 1008)
  })

  test('a handshake is refused like any other request', async () => {
    guard({}, { targets: targets() })
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/`)
    const [error] = await once(socket, 'error')
    assert.match((error as Error).message, /401/)
  })
})
