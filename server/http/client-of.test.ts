import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { QueryTypes } from 'sequelize'
import { ADMIN, type ControlPlane, startControlPlane } from '../testing/control-plane.ts'

/** Behind a proxy on this machine with another one before it, and open to everybody. */
let proxied: ControlPlane
let open: ControlPlane

before(async () => {
  const rateLimits = { actor: 0, anonymous: 3, node: 0 }
  proxied = await startControlPlane({ trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'], rateLimits })
  open = await startControlPlane({ rateLimits })
})

after(async () => {
  await proxied.stop()
  await open.stop()
})

beforeEach(async () => {
  for (const { db } of [proxied, open]) await db.sequelize.query('TRUNCATE login_failures, sessions')
})

let clients = 0
/** An address that nobody came from yet. */
const another = () => `198.51.100.${++clients}`
const from = (forwardedFor: string, proto = 'https') => ({ 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': proto })
const signIn = (plane: ControlPlane, headers: Record<string, string>, password = ADMIN.password) => plane.as.anonymous('POST', '/session', { ...ADMIN, password }, headers)
const failed = async ({ db }: ControlPlane) => (await db.sequelize.query<{ address: string }>('SELECT address FROM login_failures ORDER BY address', { type: QueryTypes.SELECT })).map(({ address }) => address)
const sessions = async ({ db }: ControlPlane) => (await db.sessions.findAll()).map(({ clientAddress }) => clientAddress)

describe('behind trusted proxies', () => {
  test('the bound of sign-ins, the sessions and the audit know the client', async () => {
    const client = another()
    assert.equal((await signIn(proxied, from(`203.0.113.66, ${client}, 10.1.2.3`), 'not this one')).status, 401)
    assert.deepEqual(await failed(proxied), [client])
    assert.equal((await signIn(proxied, from(client))).status, 200)
    assert.deepEqual(await sessions(proxied), [client])
    const [row] = (await proxied.as.admin('GET', '/audit?action=session.create&limit=1')).body.items
    assert.deepEqual(row.after, { clientAddress: client })
  })

  test('requests without a token are counted by client', async () => {
    const [one, other] = [another(), another()]
    for (let count = 0; count < 3; count++) assert.equal((await proxied.as.anonymous('GET', '/openapi.json', undefined, from(one))).status, 200)
    // What a client writes before its own address changes nothing.
    for (const forwarded of [one, `203.0.113.1, ${one}`, `10.9.9.9, ${one}`, `${'203.0.113.1, '.repeat(120)}${one}`]) assert.equal((await proxied.as.anonymous('GET', '/openapi.json', undefined, from(forwarded))).status, 429, forwarded)
    assert.equal((await proxied.as.anonymous('GET', '/openapi.json', undefined, from(other))).status, 200)
  })

  test('a hop that is no address is that of the proxy', async () => {
    assert.equal((await signIn(proxied, from('203.0.113.1, unknown'))).status, 200)
    assert.deepEqual(await sessions(proxied), ['127.0.0.1'])
  })

  test('the cookie is for https alone where the client came by that', async () => {
    const cookie = async (headers: Record<string, string>) => (await signIn(proxied, headers)).headers.get('set-cookie') ?? ''
    const secure = await cookie(from(another()))
    assert.match(secure, /^gateway_session=gws_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=\d+$/)
    assert.doesNotMatch(await cookie(from(another(), 'http')), /Secure/)
    assert.doesNotMatch(await cookie({ 'x-forwarded-for': another() }), /Secure/)
    const ended = await proxied.as.anonymous('DELETE', '/sessions', undefined, { ...from(another()), cookie: secure.split(';')[0] ?? '', 'x-csrf-token': (await proxied.db.sessions.findAll({ order: [['createdAt', 'ASC']] }))[0]?.csrfToken ?? '' })
    assert.match(ended.headers.get('set-cookie') ?? '', /^gateway_session=; .*Secure; Max-Age=0$/)
  })
})

test('without trusted proxies nothing is believed', async () => {
  const { status, headers } = await signIn(open, { ...from('203.0.113.1'), forwarded: 'for=203.0.113.1;proto=https' })
  assert.equal(status, 200)
  assert.doesNotMatch(headers.get('set-cookie') ?? '', /Secure/)
  assert.deepEqual([await sessions(open), await failed(open)], [['127.0.0.1'], ['127.0.0.1']])
  for (let count = 0; count < 2; count++) assert.equal((await open.as.anonymous('GET', '/openapi.json', undefined, from(another()))).status, 200)
  assert.equal((await open.as.anonymous('GET', '/openapi.json', undefined, from(another()))).status, 429)
})
