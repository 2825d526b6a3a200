import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { QueryTypes } from 'sequelize'
import { ADMIN, type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { signIn } from '../testing/sign-in.ts'
import { FREE_ATTEMPTS, logIn } from './log-in.ts'
import { FAILURE_WINDOW_MS, MOST_FAILURES } from './login-failures.ts'
import { SESSION_ABSOLUTE_MS, SESSION_IDLE_MS } from './session.ts'

let plane: ControlPlane

before(async () => {
  plane = await startControlPlane()
})

after(() => plane.stop())

describe('a session', () => {
  test('begins with email and password, letter case of the email ignored', async () => {
    const { status, body, headers } = await plane.as.anonymous('POST', '/session', { ...ADMIN, email: ADMIN.email.toUpperCase() })
    assert.deepEqual([status, body.user.email, body.user.role], [200, ADMIN.email, 'admin'])
    assert.match(headers.get('set-cookie') ?? '', /^gateway_session=gws_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/)
  })

  test('may read with the cookie alone and change only with the CSRF token', async () => {
    const [bare, full] = [await signIn(plane, false), await signIn(plane)]
    assert.equal((await bare('GET', '/session')).body.user.email, ADMIN.email)
    const refused = await bare('POST', '/upstreams', { name: 'csrf' })
    assert.deepEqual([refused.status, refused.body.error.code], [403, 'csrf_mismatch'])
    const { csrfToken } = (await full('GET', '/session')).body
    assert.equal((await bare('POST', '/upstreams', { name: 'csrf' }, { 'x-csrf-token': `${csrfToken.slice(0, -1)}!` })).status, 403)
    assert.equal((await bare('POST', '/upstreams', { name: 'csrf' }, { 'x-csrf-token': csrfToken })).status, 403, 'the token of another session')
    assert.equal((await full('POST', '/upstreams', { name: 'csrf' })).status, 201)
  })

  test('ends when the person signs out', async () => {
    const call = await signIn(plane)
    const { status, headers } = await call('DELETE', '/session')
    assert.equal(status, 204)
    assert.match(headers.get('set-cookie') ?? '', /^gateway_session=; .*Max-Age=0$/)
    assert.equal((await call('GET', '/session')).status, 401)
  })

  test('ends when it is idle, and after its longest time', async () => {
    const call = await signIn(plane)
    const age = (lastSeenMs: number, createdMs: number) =>
      plane.db.sessions.update({ lastSeenAt: new Date(Date.now() - lastSeenMs), expiresAt: new Date(Date.now() - createdMs + SESSION_ABSOLUTE_MS) }, { where: {} })
    await age(SESSION_IDLE_MS - 60_000, 0)
    assert.equal((await call('GET', '/session')).status, 200, 'just not idle; seen now')
    await age(0, SESSION_ABSOLUTE_MS - 60_000)
    assert.equal((await call('GET', '/session')).status, 200)
    await age(0, SESSION_ABSOLUTE_MS + 1)
    assert.equal((await call('GET', '/session')).status, 401)
    await age(SESSION_IDLE_MS + 1, 0)
    assert.equal((await call('GET', '/session')).status, 401)
  })

  test('is stored as a hash', async () => {
    const { headers } = await plane.as.anonymous('POST', '/session', ADMIN)
    const token = /gateway_session=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? ''
    const rows = await plane.db.sessions.findAll()
    assert.ok(rows.length > 0 && !JSON.stringify(rows).includes(token))
    const [user] = await plane.db.users.findAll()
    assert.match(user?.passwordHash ?? '', /^scrypt\$/)
  })

  test('gives no second chance to a bearer token that is wrong', async () => {
    const call = await signIn(plane)
    assert.equal((await call('GET', '/session', undefined, { authorization: 'Bearer wrong-token' })).status, 401)
  })
})

describe('a wrong password', () => {
  const wrong = { email: ADMIN.email, password: 'not this one' }
  const unlock = () => plane.db.users.update({ failedLogins: 0, lockedUntil: null }, { where: {} })

  test('and an unknown person are told apart by nobody', async () => {
    await unlock()
    const [known, unknown] = [await plane.as.anonymous('POST', '/session', wrong), await plane.as.anonymous('POST', '/session', { ...wrong, email: 'nobody@test.example' })]
    assert.deepEqual([known.status, known.body.error.code, known.body.error.message], [unknown.status, unknown.body.error.code, unknown.body.error.message])
    assert.equal(known.body.error.code, 'wrong_credentials')
  })

  test('makes the account wait longer and longer, and the right one ends that', async () => {
    await unlock()
    const now = Date.now()
    const attempt = (password: string, ms: number) => logIn(plane.db, ADMIN.email, password, '192.0.2.1', new Date(now + ms)).then(() => 'in', (error) => error.code as string)
    for (let count = 0; count < FREE_ATTEMPTS; count++) assert.equal(await attempt('wrong', 0), 'wrong_credentials')
    assert.equal(await attempt('wrong', 0), 'wrong_credentials')
    assert.equal(await attempt(ADMIN.password, 900), 'too_many_attempts', 'the right one waits too')
    assert.equal(await attempt('wrong', 1_000), 'wrong_credentials')
    assert.equal(await attempt('wrong', 2_900), 'too_many_attempts')
    await plane.db.users.update({ failedLogins: 1_000_000, lockedUntil: null }, { where: {} })
    assert.equal(await attempt('wrong', 5_000), 'wrong_credentials')
    assert.equal(await attempt('wrong', 15 * 60_000), 'too_many_attempts')
    assert.equal(await attempt(ADMIN.password, 5_000 + 15 * 60_000), 'in')
    assert.equal(await attempt('wrong', 5_000 + 15 * 60_000), 'wrong_credentials')
    assert.equal(await attempt(ADMIN.password, 5_000 + 15 * 60_000), 'in')
  })

  test('is counted also when many are tried side by side', async () => {
    // The next wrong one makes the account wait for longer than all of them take.
    await plane.db.users.update({ failedLogins: FREE_ATTEMPTS + 8, lockedUntil: null }, { where: {} })
    const answers = await Promise.all(Array.from({ length: 20 }, () => plane.as.anonymous('POST', '/session', wrong)))
    const looked = answers.filter(({ status }) => status === 401).length
    assert.equal(looked, 1)
    const refused = answers.find(({ status }) => status === 429)
    assert.match(refused?.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
    await unlock()
  })

  test('is bounded by address over all accounts, known or not', async () => {
    const now = Date.now()
    const attempt = (address: string, ms: number, email = 'nobody@test.example') => logIn(plane.db, email, 'wrong', address, new Date(now + ms)).then(() => 'in', (error) => error.code as string)
    await plane.db.sequelize.query('INSERT INTO login_failures VALUES ($1, $2, $3)', { bind: ['198.51.100.7', MOST_FAILURES - 1, new Date(now).toISOString()] })
    assert.equal(await attempt('198.51.100.7', 1_000), 'wrong_credentials')
    assert.equal(await attempt('198.51.100.7', 1_000, ADMIN.email), 'too_many_attempts')
    assert.equal(await attempt('::ffff:198.51.100.7', FAILURE_WINDOW_MS - 1), 'too_many_attempts')
    assert.equal(await attempt('198.51.100.8', 1_000), 'wrong_credentials')
    assert.equal(await attempt('198.51.100.7', FAILURE_WINDOW_MS), 'wrong_credentials', 'a new window')
    await unlock()
    for (let count = 0; count < 3; count++) await logIn(plane.db, ADMIN.email, ADMIN.password, '198.51.100.9', new Date(now))
    const [row] = await plane.db.sequelize.query<{ failures: number }>("SELECT failures FROM login_failures WHERE address = '198.51.100.9'", { type: QueryTypes.SELECT })
    assert.equal(row?.failures, 0, 'those that succeed do not count')
  })

  test('may not be longer than any password is', async () => {
    const { status } = await plane.as.anonymous('POST', '/session', { ...wrong, password: 'x'.repeat(20_000) })
    assert.equal(status, 413)
  })
})

describe('an API token', () => {
  test('works with its role until it expires or is revoked', async () => {
    const { body } = await plane.as.admin('POST', '/tokens', { name: 'short', role: 'viewer', expiresAt: new Date(Date.now() + 3600_000).toISOString() })
    const call = plane.withToken(body.token)
    assert.equal((await call('GET', '/routes')).status, 200)
    const audited = await plane.db.audit.count()
    for (const method of ['GET', 'DELETE']) assert.equal((await call(method, '/session')).status, 404, 'a token has no session')
    assert.equal(await plane.db.audit.count(), audited)
    await plane.db.apiTokens.update({ expiresAt: new Date(Date.now() - 1) }, { where: { id: body.id } })
    assert.equal((await call('GET', '/routes')).status, 401)
    await plane.db.apiTokens.update({ expiresAt: null }, { where: { id: body.id } })
    assert.equal((await plane.as.admin('DELETE', `/tokens/${body.id}`)).status, 204)
    assert.equal((await call('GET', '/routes')).status, 401)
  })

  test('is shown once', async () => {
    const { body } = await plane.as.admin('POST', '/tokens', { name: 'once', role: 'editor' })
    const list = (await plane.as.admin('GET', '/tokens')).body
    assert.ok(list.items.some((item: any) => item.id === body.id && item.role === 'editor' && item.expiresAt === null))
    assert.ok(!JSON.stringify(list).includes(body.token))
  })

  test('cannot be made for the past', async () => {
    const { status, body } = await plane.as.admin('POST', '/tokens', { name: 'past', role: 'viewer', expiresAt: '2020-01-01T00:00:00.000Z' })
    assert.deepEqual([status, body.error.issues[0].path], [400, '/expiresAt'])
  })
})
