import assert from 'node:assert/strict'
import { argon2Sync, createHash, randomBytes, scryptSync } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { after, before, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { NO_TOKEN } from '../../shared/identity/token-identity.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'
import { acceptHandles } from '../listeners/accept-handles.ts'
import { compileAddressCheck } from './authorization/address-check.ts'
import { ForwardAuthenticator } from './authorization/forward-authenticator.ts'

let origin: ScriptedOrigin
let gateway: EngineUnderTest
let client: RawClient
const seen: string[] = []

before(async () => {
  origin = await startScriptedOrigin(answering((head) => {
    seen.push(head)
    return ok('in')
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
})

/** The route on "/" asks for what the policy says. */
function guard(authorization: object, more: { policy?: object; route?: object; listener?: object; routes?: object[] } = {}): void {
  gateway.apply({ targets: [origin.url], policies: [{ name: 'guard', authorization, ...more.policy }], route: { authorizationPolicy: 'guard', ...more.route }, ...(more.listener === undefined ? {} : { listener: more.listener }), ...(more.routes === undefined ? {} : { routes: more.routes }) })
}

async function ask(fields = '', target = '/', method = 'GET'): Promise<{ status: number; head: string; body: string; passed: string | null }> {
  const before = seen.length
  client.send(`${method} ${target} HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`)
  const { status, headers, body } = await client.response()
  const head = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return { status, head, body, passed: seen.length > before ? seen.at(-1)! : null }
}

const refusals = () => Object.fromEntries(gateway.engine.stats().refusals.map(({ policy, reason, enforced, count }) => [`${policy} ${reason} ${enforced}`, count]))
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const basic = (user: string, password: string) => `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}\r\n`
const secrets = (...list: { name: string; value: string }[]) => gateway.engine.useCredentials({ certificates: [], fleetKey: null, secrets: list })

describe('a policy that is not there', () => {
  for (const [what, given] of Object.entries({ unknown: { policy: { name: 'other' } }, disabled: { policy: { enabled: false } }, 'about something else': { policy: { authorization: undefined, compression: {} } }, "another tenant's": { policy: { tenantCode: 't' } } })) {
    test(`${what}: refuses everything`, async () => {
      guard({ anonymous: true }, given)
      const { status, head, passed } = await ask()
      assert.deepEqual([status, passed], [503, null])
      assert.match(head, /x-gateway-error: policy_missing/i)
    })
  }

  test('"Anonymous" is none', async () => {
    guard({ anonymous: true }, { route: { authorizationPolicy: 'Anonymous' } })
    assert.equal((await ask()).status, 200)
  })
})

describe('addresses', () => {
  test('allowed and denied ones, the denied first', async () => {
    guard({ anonymous: true, ipAllow: ['127.0.0.0/8'] })
    assert.equal((await ask()).status, 200)
    guard({ anonymous: true, ipAllow: ['127.0.0.0/8'], ipDeny: ['127.0.0.1/32'] })
    const refused = await ask()
    assert.deepEqual([refused.status, refused.passed], [403, null])
    assert.doesNotMatch(refused.head, /www-authenticate/i)
    guard({ anonymous: true, ipAllow: ['10.0.0.0/8', '::1/128'] })
    assert.equal((await ask()).status, 403)
  })

  test('of a link-local client are known without the link; one that cannot be read is let in by neither list', async () => {
    const denies = compileAddressCheck([], ['fe80::/10'])!
    assert.deepEqual(['fe80::1%eth0', 'fe80::1', '2001:db8::1', '10.0.0.1', 'unreadable', ''].map(denies), [false, false, true, true, false, false])
    const allows = compileAddressCheck(['fe80::/10'], [])!
    assert.deepEqual(['fe80::1%eth0', 'fe80::1', '2001:db8::1', 'unreadable', ''].map(allows), [true, true, false, false, false])
  })

  const link = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) => addresses.flatMap(({ address }) => (address.startsWith('fe80:') ? [`${address}%${name}`] : [])))[0]
  test('of a link-local client, over a real connection', { skip: link === undefined }, async () => {
    const server = net.createServer().listen(0, link)
    await once(server, 'listening')
    acceptHandles(server, (handle) => gateway.engine.accept(handle, { address: '0.0.0.0', port: gateway.port, protocol: 'http' }))
    const status = (): Promise<number> => new Promise((resolve, reject) => void http.get({ host: link!, port: (server.address() as AddressInfo).port, agent: false, headers: { host: 'a.test' } }, (response) => resolve(response.resume().statusCode!)).on('error', reject))
    guard({ anonymous: true, ipDeny: ['fe80::/10'] })
    assert.equal(await status(), 403)
    guard({ anonymous: true, ipAllow: ['fe80::/10'] })
    assert.equal(await status(), 200)
    server.close()
  })

  test('of IPv6 as a whole are not those of IPv4', async () => {
    guard({ anonymous: true, ipAllow: ['10.0.0.0/8', '::/0'] })
    assert.equal((await ask()).status, 403)
    guard({ anonymous: true, ipAllow: ['0.0.0.0/0'] })
    assert.equal((await ask()).status, 200)
  })

  test('what a client claims about its address counts for nothing; what a trusted proxy says does', async () => {
    guard({ anonymous: true, ipAllow: ['10.0.0.0/8'] })
    assert.equal((await ask('X-Forwarded-For: 10.0.0.1\r\n')).status, 403)
    guard({ anonymous: true, ipAllow: ['10.0.0.0/8', 'fd00::/8'] }, { listener: { trustedProxies: ['127.0.0.1/32'] } })
    for (const [address, status] of [['10.0.0.1', 200], ['10.0.0.1, 192.0.2.1', 403], ['192.0.2.1, 10.0.0.1', 200], ['fd00::7', 200], ['::ffff:10.0.0.1', 200], ['::ffff:192.0.2.1', 403]] as const) {
      assert.equal((await ask(`X-Forwarded-For: ${address}\r\n`)).status, status, address)
    }
  })
})

describe('API keys', () => {
  const keys = [{ name: 'billing', hash: sha256('k-billing') }, { name: 'reports', secretName: 'reports-key' }]

  test('from a header, taken out before the origin sees it', async () => {
    secrets({ name: 'reports-key', value: 'k-reports' })
    guard({ apiKey: { header: 'X-Api-Key', keys } })
    for (const key of ['k-billing', 'k-reports']) {
      const { status, passed } = await ask(`x-api-KEY: ${key}\r\nX-Other: 1\r\n`)
      assert.equal(status, 200)
      assert.doesNotMatch(passed!, /api-key|k-billing|k-reports/i)
      assert.match(passed!, /x-other: 1/i)
    }
    for (const key of ['', 'k-', 'K-BILLING', sha256('k-billing'), 'k-billing, k-billing', 'x'.repeat(5_000)]) {
      const { status, head, passed } = await ask(`X-Api-Key: ${key}\r\n`)
      assert.deepEqual([status, passed], [401, null], key)
      assert.match(head, /www-authenticate: ApiKey realm="gateway"/i)
    }
    assert.equal((await ask('X-Api-Key: k-billing\r\nX-Api-Key: k-billing\r\n')).status, 401)
  })

  test('from the query, taken out there and out of what is logged', async () => {
    guard({ apiKey: { query: 'key', keys } })
    const { status, passed } = await ask('', '/a?x=1&key=k-billing&y=2')
    assert.equal(status, 200)
    assert.match(passed!, /^GET \/a\?x=1&y=2 /)
    for (const target of ['/a?key=wrong', '/a', '/a?key=k-billing&key=k-billing', '/a?KEY=k-billing&key=x']) assert.equal((await ask('', target)).status, 401, target)
    assert.ok(gateway.records.slice(-5).every(({ query }) => !/key=/i.test(query)))
  })

  test('count by their bytes: UTF-8 in the query, and as they came in a header', async () => {
    const given = [{ name: 'word', hash: sha256('schlüssel') }, { name: 'letter', hash: sha256('A') }]
    guard({ apiKey: { query: 'key', keys: given } })
    for (const [key, status] of [['schl%C3%BCssel', 200], ['A', 200], ['%41', 200], ['%C5%81', 401], ['%FC', 401], ['schl%FCssel', 401], ['A%', 401], ['A%zz', 401], ['A&key=A', 401]] as const) {
      const { status: found, passed } = await ask('', `/?key=${key}`)
      assert.deepEqual([found, passed === null], [status, status === 401], key)
    }
    guard({ apiKey: { header: 'X-Api-Key', keys: given } })
    assert.equal((await ask(`X-Api-Key: ${Buffer.from('schlüssel').toString('latin1')}\r\n`)).status, 200)
    assert.equal((await ask('X-Api-Key: schl\xfcssel\r\n')).status, 401)
  })

  test('whose key it is is the user', async () => {
    guard({ apiKey: { header: 'X-Api-Key', keys } }, { route: { authorizationPolicy: 'guard', transforms: [{ RequestHeader: 'X-User', Set: '${user}' }] } })
    assert.match((await ask('X-Api-Key: k-billing\r\n')).passed!, /X-User: billing/)
  })

  test('a secret that is not there is nobody, and no excuse', async () => {
    secrets()
    guard({ apiKey: { header: 'X-Api-Key', keys } })
    assert.equal((await ask('X-Api-Key: k-billing\r\n')).status, 200)
    assert.equal((await ask('X-Api-Key: k-reports\r\n')).status, 503)
    secrets({ name: 'reports-key', value: 'k-next' })
    assert.equal((await ask('X-Api-Key: k-reports\r\n')).status, 401)
    assert.equal((await ask('X-Api-Key: k-next\r\n')).status, 200)
  })
})

describe('passwords', () => {
  const salt = randomBytes(16)
  const plain = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
  const byScrypt = `$scrypt$ln=12,r=8,p=1$${plain(salt)}$${plain(scryptSync('geheim', salt, 32, { N: 4096, r: 8, p: 1 }))}`
  const byArgon = `$argon2id$v=19$m=1024,t=1,p=1$${plain(salt)}$${plain(argon2Sync('argon2id', { message: 'pässword:2', nonce: salt, parallelism: 1, tagLength: 32, memory: 1024, passes: 1 }))}`
  const users = [{ name: 'ann', hash: byScrypt }, { name: 'bob', hash: byArgon }, { name: 'eve', secretName: 'eve-password' }]

  test('slow hashes and secrets; the origin does not hear them', async () => {
    secrets({ name: 'eve-password', value: 'sealed one' })
    guard({ basic: { users }, realm: 'shop' })
    for (const [user, password] of [['ann', 'geheim'], ['bob', 'pässword:2'], ['eve', 'sealed one'], ['ann', 'geheim']] as const) {
      const { status, passed } = await ask(basic(user, password))
      assert.equal(status, 200, user)
      assert.doesNotMatch(passed!, /authorization/i)
    }
    for (const fields of ['', basic('ann', 'Geheim'), basic('nobody', 'geheim'), basic('eve', 'geheim'), basic('ann', ''), 'Authorization: Basic %%%\r\n', 'Authorization: Basic YW5u\r\n', 'Authorization: Bearer x\r\n']) {
      const { status, head, passed } = await ask(fields)
      assert.deepEqual([status, passed], [401, null], fields)
      assert.match(head, /www-authenticate: Basic realm="shop", charset="UTF-8"/i)
    }
  })

  test('a password that was hashed once is known for a while', async () => {
    const slow = `$scrypt$ln=15,r=8,p=1$${plain(salt)}$${plain(scryptSync('slow', salt, 32, { N: 32_768, r: 8, p: 1, maxmem: 2 ** 27 }))}`
    guard({ basic: { users: [{ name: 'ann', hash: slow }] } })
    const time = async (): Promise<number> => {
      const begin = performance.now()
      assert.equal((await ask(basic('ann', 'slow'))).status, 200)
      return performance.now() - begin
    }
    const first = await time()
    const next = Math.min(await time(), await time(), await time())
    assert.ok(next < first / 3, `${first} ms, then ${next} ms`)
  })

  test('a wrong one takes as long for a user with a secret as for one that is not there', async () => {
    const slow = `$scrypt$ln=14,r=8,p=1$${plain(salt)}$${plain(scryptSync('slow', salt, 32, { N: 16_384, r: 8, p: 1, maxmem: 2 ** 27 }))}`
    secrets({ name: 'eve-password', value: 'sealed one' })
    guard({ basic: { users: [{ name: 'ann', hash: slow }, { name: 'eve', secretName: 'eve-password' }] } })
    const time = async (user: string, status: number, password = String(Math.random())): Promise<number> => {
      const begin = performance.now()
      assert.equal((await ask(basic(user, password))).status, status)
      return performance.now() - begin
    }
    const least = async (user: string, status = 401, password?: string): Promise<number> => Math.min(await time(user, status, password), await time(user, status, password))
    const [nobody, eve, right] = [await least('nobody'), await least('eve'), await least('eve', 200, 'sealed one')]
    assert.ok(eve > nobody / 3 && right < nobody / 3, `${nobody} ms for nobody, ${eve} ms for eve, ${right} ms with the right password`)
  })

  test('many at once: one hash for one password, and a bounded queue for others', async () => {
    guard({ basic: { users } })
    const answers = await Promise.all(Array.from({ length: 150 }, async (_, index) => {
      const own = await connectRaw(gateway.port)
      own.send(`GET / HTTP/1.1\r\nHost: a\r\n${basic('ann', `wrong ${index}`)}\r\n`)
      const { status } = await own.response()
      own.destroy()
      return status
    }))
    assert.deepEqual([...new Set(answers)].toSorted(), [401, 503])
    assert.ok(answers.filter((status) => status === 401).length >= 60, `${answers.filter((status) => status === 401).length} were looked at`)
    assert.ok(refusals()['guard busy true']! > 0)
  })
})

describe('another service', () => {
  let server: http.Server
  let url: string
  let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void
  const asked: http.IncomingMessage[] = []

  before(async () => {
    server = http.createServer((request, response) => {
      asked.push(request)
      answer(request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/auth?x=1`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  test('is shown what it needs, and says what the origin hears', async () => {
    answer = (_request, response) => response.writeHead(204, { 'X-Auth-User': 'ann', 'X-Secret': 'no' }).end()
    guard({ forward: { url, copyHeaders: ['X-Auth-User', 'X-Auth-Role'] } })
    const { status, passed } = await ask('Authorization: Bearer t\r\nX-Private: 1\r\nX-Auth-User: root\r\nX-Auth-Role: admin\r\n', '/orders?id=7', 'DELETE')
    assert.equal(status, 200)
    const { method, url: path, headers } = asked.at(-1)!
    assert.deepEqual([method, path, headers.authorization, headers['x-private'], headers['x-forwarded-method'], headers['x-forwarded-uri'], headers['x-forwarded-host'], headers['x-forwarded-proto'], headers['x-forwarded-for']], ['GET', '/auth?x=1', 'Bearer t', undefined, 'DELETE', '/orders?id=7', 'a.test', 'http', '127.0.0.1'])
    assert.deepEqual(passed!.split('\r\n').filter((line) => /^x-(auth|secret)/i.test(line)), ['X-Auth-User: ann'])
  })

  test('never says what the gateway writes itself, even where its policy names that', async () => {
    answer = (_request, response) => response.writeHead(200, { 'X-Auth-User': 'ann', 'Content-Length': '5', 'X-Request-Id': 'forged', 'X-Tenant-Code': 'acme' }).end('hello')
    const service = new ForwardAuthenticator({ url, timeoutMs: 5_000, requestHeaders: [], copyHeaders: ['Content-Length', 'Connection', 'X-Auth-User', 'X-Request-Id', 'X-Tenant-Code'], maxConcurrent: 1 })
    const outcome = await service.check({ fields: '', method: 'GET', query: '', path: '/', authority: 'a.test', scheme: 'http', clientIp: '127.0.0.1', token: NO_TOKEN })
    assert.deepEqual(outcome, { kind: 'granted', user: '', fields: 'X-Auth-User: ann\r\n' })
  })

  test('may send the client away: its answer is passed on, and no redirect is followed', async () => {
    const before = asked.length
    answer = (_request, response) => response.writeHead(302, { location: 'https://login.example/', 'set-cookie': 'a=1', 'x-internal': 'secret' }).end('go there')
    guard({ forward: { url } })
    const away = await ask()
    assert.deepEqual([away.status, away.body, away.passed, asked.length], [302, 'go there', null, before + 1])
    assert.match(away.head, /location: https:\/\/login\.example\/\r\n/i)
    assert.match(away.head, /set-cookie: a=1/i)
    assert.doesNotMatch(away.head, /x-internal/i)
    answer = (_request, response) => response.writeHead(401, { 'www-authenticate': 'Bearer realm="idp"' }).end()
    const unauthorized = await ask()
    assert.deepEqual([unauthorized.status, unauthorized.passed], [401, null])
    assert.match(unauthorized.head, /www-authenticate: Bearer realm="idp"/i)
  })

  test('that fails, lasts or talks too much lets nobody in', async () => {
    const bad: Record<string, typeof answer> = {
      'status 500': (_request, response) => response.writeHead(500).end('oh'),
      'a reset': (request) => request.socket.destroy(),
      'no answer': () => {},
      'half an answer': (_request, response) => void response.writeHead(403, { 'content-length': '10' }).write('x'),
      'too much': (_request, response) => response.writeHead(403).end('x'.repeat(100_000))
    }
    guard({ forward: { url, timeoutMs: 300 } })
    for (const [what, how] of Object.entries(bad)) {
      answer = how
      const { status, head, passed } = await ask()
      assert.deepEqual([status, passed], [503, null], what)
      assert.match(head, /x-gateway-error: authorization_unavailable/i)
    }
    guard({ forward: { url: 'http://127.0.0.1:1/' } })
    assert.equal((await ask()).status, 503)
  })

  test('is asked no more questions at a time than it should be', async () => {
    const held: http.ServerResponse[] = []
    answer = (_request, response) => void held.push(response)
    guard({ forward: { url, maxConcurrent: 2, timeoutMs: 5_000 } })
    const clients = await Promise.all(Array.from({ length: 3 }, () => connectRaw(gateway.port)))
    for (const one of clients) one.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const first = await Promise.race(clients.map((one) => one.response()))
    for (const end = Date.now() + 5_000; held.length < 2 && Date.now() < end;) await sleep(10)
    assert.equal(first.status, 503)
    for (const response of held) response.writeHead(200).end()
    assert.equal(held.length, 2)
    for (const one of clients) one.destroy()
  })

  test('the body of a request waits, and a client that goes away is let go', async () => {
    let release: () => void = () => {}
    const reached = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        release = () => response.writeHead(200).end()
        resolve()
      }
    })
    guard({ forward: { url, timeoutMs: 5_000 } })
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345')
    await reached
    client.send('67890')
    release()
    assert.equal((await client.response()).status, 200)
    const gone = await connectRaw(gateway.port)
    const next = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        release = () => response.writeHead(200).end()
        resolve()
      }
    })
    gone.send('GET /gone HTTP/1.1\r\nHost: a\r\n\r\n')
    await next
    gone.destroy()
    release()
    answer = (_request, response) => response.writeHead(200).end()
    assert.equal((await ask('', '/ok')).status, 200)
    assert.ok(!seen.some((head) => head.startsWith('GET /gone')))
  })
})

describe('observe', () => {
  const transforms = [{ RequestHeader: 'X-User', Set: '${user}' }]
  const watch = (authorization: object) => guard(authorization, { policy: { mode: 'observe', name: 'watch' }, route: { authorizationPolicy: 'watch', transforms } })
  const keys = [{ name: 'a', hash: sha256('a') }]

  test('counts what it would refuse, and lets it through with all that it brought', async () => {
    watch({ apiKey: { header: 'X-Api-Key', keys } })
    const { status, passed } = await ask('X-Api-Key: wrong\r\n')
    assert.equal(status, 200)
    assert.match(passed!, /X-Api-Key: wrong\r\n/)
    assert.equal(refusals()['watch unknown_key false'], 1)
    assert.equal(refusals()['watch unknown_key true'], undefined)
  })

  test('leaves credentials that it knows too, and names nobody; a key is kept out of logs all the same', async () => {
    watch({ apiKey: { header: 'X-Api-Key', keys } })
    const byHeader = await ask('X-Api-Key: a\r\n')
    assert.match(byHeader.passed!, /X-Api-Key: a\r\n/)
    assert.doesNotMatch(byHeader.passed!, /X-User: a/)
    watch({ apiKey: { query: 'key', keys } })
    assert.match((await ask('', '/a?key=a&x=1')).passed!, /^GET \/a\?key=a&x=1 /)
    assert.equal(gateway.records.at(-1)!.query, '?x=1')
    watch({ basic: { users: [{ name: 'ann', secretName: 'ann-password' }] } })
    assert.match((await ask(basic('ann', 'x'))).passed!, /Authorization: Basic /)
  })

  test('adds nothing that another service says', async () => {
    const server = http.createServer((_request, response) => response.writeHead(200, { 'X-Auth-User': 'ann' }).end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    watch({ forward: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, copyHeaders: ['X-Auth-User'] } })
    const { passed } = await ask('X-Auth-User: root\r\n')
    assert.deepEqual(passed!.split('\r\n').filter((line) => /^x-auth/i.test(line)), ['X-Auth-User: root'])
    server.closeAllConnections()
    server.close()
  })
})

describe('paths', () => {
  test('of a guarded route are found however they are written; nothing reaches the origin', async () => {
    const routes = [{ name: 'admin', match: { path: { type: 'prefix', value: '/admin' } }, authorizationPolicy: 'guard' }]
    guard({ apiKey: { header: 'X-Api-Key', keys: [{ name: 'a', hash: sha256('a') }] } }, { route: { authorizationPolicy: undefined }, routes })
    assert.equal((await ask('', '/open')).status, 200)
    for (const path of ['/admin', '//admin', '/Admin/x', '/%61dmin', '/open/%2e%2e/admin', '/open/..%2fadmin', '/admin;x=1', '/./ADMIN', '/x/..;/admin', '/%2561dmin', 'http://a.test//admin']) {
      const { status, passed } = await ask('', path)
      assert.deepEqual([status, passed], [401, null], path)
    }
    assert.equal((await ask('X-Api-Key: a\r\n', '//Admin')).status, 200)
  })

  test('answers of the gateway itself are guarded too', async () => {
    guard({ apiKey: { header: 'X-Api-Key', keys: [{ name: 'a', hash: sha256('a') }] } }, { route: { authorizationPolicy: 'guard', upstreamId: undefined, respond: { status: 200, body: 'secret text' } } })
    assert.deepEqual([(await ask()).status, (await ask('X-Api-Key: a\r\n')).body], [401, 'secret text'])
  })
})
