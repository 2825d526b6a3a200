import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ApiCall } from '../testing/api-client.ts'
import { ADMIN, type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created } from '../testing/drafts.ts'
import { signIn } from '../testing/sign-in.ts'

let plane: ControlPlane
let count = 0

before(async () => {
  plane = await startControlPlane()
})

after(() => plane.stop())

interface Someone {
  id: string
  email: string
  password: string
}

const GOOD = 'a password of my own'

/** A person who has chosen a password. */
async function someone(role: string, tenants: string[] | null = null): Promise<Someone> {
  const email = `person-${++count}@test.example`
  const { id, oneTimePassword } = await created(plane.as.admin, '/users', { email, role, tenants })
  const first = await signIn(plane, true, { email, password: oneTimePassword })
  assert.equal((await first('POST', '/session/password', { oldPassword: oneTimePassword, newPassword: GOOD })).status, 200)
  return { id, email, password: GOOD }
}

const attempt = (email: string, password: string) => plane.as.anonymous('POST', '/session', { email, password })
const codeOf = ({ status, body }: { status: number; body: any }) => [status, body?.error?.code]

describe('a person', () => {
  test('signs in with a one-time password, and may do nothing before choosing another', async () => {
    const email = 'new@test.example'
    const made = await plane.as.admin('POST', '/users', { email, role: 'admin' })
    assert.equal(made.status, 201)
    assert.match(made.body.oneTimePassword, /^[\w-]{20}$/)
    const password = made.body.oneTimePassword
    assert.deepEqual([(await attempt(email, password)).body.user.mustChangePassword, (await plane.as.admin('GET', `/users/${made.body.id}`)).body.enabled], [true, true])
    const call = await signIn(plane, true, { email, password })
    for (const [method, path] of [['GET', '/routes'], ['GET', '/users'], ['GET', '/sessions'], ['POST', '/tokens'], ['POST', '/config/validate']] as const) {
      assert.deepEqual(codeOf(await call(method, path, method === 'POST' ? {} : undefined)), [403, 'password_change_required'], path)
    }
    assert.equal((await call('GET', '/session')).body.user.mustChangePassword, true)
    assert.deepEqual(codeOf(await call('POST', '/session/password', { oldPassword: password, newPassword: password })), [400, 'invalid_request'])
    assert.deepEqual(codeOf(await call('POST', '/session/password', { oldPassword: password, newPassword: 'short' })), [400, 'invalid_request'])
    assert.deepEqual(codeOf(await call('POST', '/session/password', { oldPassword: 'wrong one', newPassword: GOOD })), [401, 'wrong_credentials'])
    assert.equal((await call('POST', '/session/password', { oldPassword: password, newPassword: GOOD })).status, 200)
    assert.equal((await call('GET', '/session')).status, 401, 'the session has another cookie now')
    assert.deepEqual(codeOf(await attempt(email, password)), [401, 'wrong_credentials'])
    assert.equal((await (await signIn(plane, true, { email, password: GOOD }))('GET', '/users')).status, 200)
  })

  test('who does not use the one-time password in time needs a new one', async () => {
    const email = 'late@test.example'
    const { id } = await created(plane.as.admin, '/users', { email, role: 'viewer', password: 'given by the admin' })
    await plane.db.users.update({ oneTimeUntil: new Date(Date.now() - 1) }, { where: { id } })
    assert.deepEqual(codeOf(await attempt(email, 'given by the admin')), [401, 'one_time_password_expired'])
    assert.deepEqual(codeOf(await attempt(email, 'given by nobody')), [401, 'wrong_credentials'])
    const { body } = await plane.as.admin('POST', `/users/${id}/password`)
    assert.equal((await attempt(email, body.oneTimePassword)).status, 200)
  })

  test('whose password is reset or changed loses the other sessions, and a lock', async () => {
    const person = await someone('viewer')
    const [one, other] = [await signIn(plane, true, person), await signIn(plane, true, person)]
    const changed = await one('POST', '/session/password', { oldPassword: GOOD, newPassword: 'yet another password' })
    assert.match(changed.headers.get('set-cookie') ?? '', /^gateway_session=gws_/)
    for (const call of [one, other]) assert.equal((await call('GET', '/session')).status, 401)
    const again = await signIn(plane, true, { ...person, password: 'yet another password' })
    await plane.db.users.update({ failedLogins: 50, lockedUntil: new Date(Date.now() + 60_000) }, { where: { id: person.id } })
    const { body } = await plane.as.admin('POST', `/users/${person.id}/password`)
    assert.equal((await again('GET', '/session')).status, 401)
    assert.equal((await attempt(person.email, body.oneTimePassword)).status, 200)
    assert.ok(!JSON.stringify(await plane.db.audit.findAll()).includes(body.oneTimePassword))
  })

  test('who is disabled, removed or demoted notices at once', async () => {
    const person = await someone('editor')
    const call = await signIn(plane, true, person)
    const { token } = await created(call, '/tokens', { name: 'own', role: 'editor' })
    assert.equal((await call('POST', '/upstreams', { name: 'while editor' })).status, 201)
    assert.equal((await plane.as.admin('PATCH', `/users/${person.id}`, { role: 'viewer' })).status, 200)
    assert.deepEqual(codeOf(await call('POST', '/upstreams', { name: 'no more' })), [403, 'forbidden'])
    assert.deepEqual(codeOf(await plane.withToken(token)('POST', '/upstreams', { name: 'nor by token' })), [403, 'forbidden'])
    await plane.as.admin('PATCH', `/users/${person.id}`, { tenants: ['acme'] })
    assert.deepEqual((await plane.withToken(token)('GET', '/upstreams')).body.items, [], 'the token is limited like its owner')
    await plane.as.admin('PATCH', `/users/${person.id}`, { enabled: false })
    for (const one of [call, plane.withToken(token)]) assert.equal((await one('GET', '/routes')).status, 401)
    assert.deepEqual(codeOf(await attempt(person.email, GOOD)), [401, 'wrong_credentials'])
    await plane.as.admin('PATCH', `/users/${person.id}`, { enabled: true })
    assert.equal((await call('GET', '/routes')).status, 401, 'an old session does not come back')
    const fresh = await signIn(plane, true, person)
    assert.equal((await plane.as.admin('DELETE', `/users/${person.id}`)).status, 204)
    for (const one of [fresh, plane.withToken(token)]) assert.equal((await one('GET', '/routes')).status, 401)
  })

  test('has an address of their own, and a role that fits the tenants', async () => {
    await created(plane.as.admin, '/users', { email: 'twice@test.example', role: 'viewer' })
    assert.deepEqual(codeOf(await plane.as.admin('POST', '/users', { email: 'TWICE@test.example', role: 'viewer' })), [409, 'name_taken'])
    const { id } = await created(plane.as.admin, '/users', { email: 'limited@test.example', role: 'viewer', tenants: ['acme'] })
    assert.deepEqual(codeOf(await plane.as.admin('PATCH', `/users/${id}`, { role: 'admin' })), [400, 'invalid_request'])
    assert.deepEqual((await plane.as.admin('PATCH', `/users/${id}`, { role: 'admin', tenants: null })).body.tenants, null)
    await plane.as.admin('DELETE', `/users/${id}`)
  })

  test('sees where they are signed in, and ends that', async () => {
    const person = await someone('viewer')
    const [here, there, third] = [await signIn(plane, true, person), await signIn(plane, true, person), await signIn(plane, true, person)]
    const { items } = (await here('GET', '/sessions?sort=createdAt')).body
    assert.equal(items.filter((item: any) => item.isThis).length, 1)
    assert.equal(items.length, 4, 'the one that was opened with the new password, too')
    assert.match(items[0].clientAddress, /127\.0\.0\.1/)
    const foreign = await signIn(plane)
    for (const { id } of items) assert.deepEqual(codeOf(await foreign('DELETE', `/sessions/${id}`)), [404, 'not_found'])
    const [{ id }] = (await there('GET', '/sessions')).body.items.filter((item: any) => item.isThis)
    assert.equal((await here('DELETE', `/sessions/${id}`)).status, 204)
    assert.deepEqual([(await there('GET', '/session')).status, (await third('GET', '/session')).status], [401, 200])
    assert.equal((await here('DELETE', '/sessions')).status, 204)
    for (const call of [here, third]) assert.equal((await call('GET', '/session')).status, 401)
    assert.equal((await foreign('GET', '/session')).status, 200)
  })

  test('who signs in again in the same browser has one session, not two', async () => {
    const person = await someone('viewer')
    const first = await attempt(person.email, GOOD)
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
    const second = await plane.as.anonymous('POST', '/session', { email: person.email, password: GOOD }, { cookie })
    assert.notEqual(second.headers.get('set-cookie')?.split(';')[0], cookie)
    assert.equal((await plane.as.anonymous('GET', '/session', undefined, { cookie })).status, 401)
  })
})

describe('the last admin', () => {
  const onlyFirst = async () => {
    for (const { id, email } of await plane.db.users.findAll({ where: { role: 'admin' } })) if (email !== ADMIN.email) await plane.as.admin('DELETE', `/users/${id}`)
    return (await plane.db.users.findOne({ where: { email: ADMIN.email } }))?.id ?? ''
  }

  test('cannot be removed, disabled or demoted', async () => {
    const id = await onlyFirst()
    for (const change of [{ enabled: false }, { role: 'publisher' }]) assert.deepEqual(codeOf(await plane.as.admin('PATCH', `/users/${id}`, change)), [409, 'last_admin'])
    assert.deepEqual(codeOf(await plane.as.admin('DELETE', `/users/${id}`)), [409, 'last_admin'])
    assert.equal((await attempt(ADMIN.email, ADMIN.password)).status, 200)
  })

  test('stays also when two remove each other at once', async () => {
    const first = await onlyFirst()
    for (let round = 0; round < 5; round++) {
      const second = await someone('admin')
      const answers = await Promise.all([plane.as.admin('PATCH', `/users/${first}`, { enabled: false }), plane.as.admin('PATCH', `/users/${second.id}`, { role: 'viewer' })])
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
      await plane.db.users.update({ enabled: true }, { where: { id: first } })
      await plane.as.admin('DELETE', `/users/${second.id}`)
    }
  })
})

describe('an API token', () => {
  const rolesOf = async (call: ApiCall, rights: object) => codeOf(await call('POST', '/tokens', { name: `t${++count}`, ...rights }))

  test('has no more rights than who makes it', async () => {
    const editor = await signIn(plane, true, await someone('editor'))
    assert.deepEqual(await rolesOf(editor, { role: 'editor' }), [201, undefined])
    assert.deepEqual(await rolesOf(editor, { role: 'publisher' }), [403, 'forbidden'])
    const limited = await signIn(plane, true, await someone('publisher', ['acme', 'beta']))
    assert.deepEqual(await rolesOf(limited, { role: 'viewer', tenants: ['acme'] }), [201, undefined])
    assert.deepEqual(await rolesOf(limited, { role: 'viewer', tenants: ['acme', 'zeta'] }), [403, 'outside_grant'])
    const { id } = await created(limited, '/tokens', { name: 'as wide', role: 'viewer' })
    assert.deepEqual((await plane.as.admin('GET', '/tokens?limit=1000')).body.items.find((item: any) => item.id === id).tenants, ['acme', 'beta'])
    assert.deepEqual(await rolesOf(plane.as.publisher, { role: 'viewer' }), [403, 'forbidden'], 'a token makes no tokens')
    assert.deepEqual(await rolesOf(plane.as.admin, { role: 'viewer' }), [201, undefined], 'but that of an admin')
  })

  test('is seen and revoked by its owner and by admins', async () => {
    const [one, other] = [await signIn(plane, true, await someone('viewer')), await signIn(plane, true, await someone('viewer'))]
    const { id, token } = await created(one, '/tokens', { name: 'mine', role: 'viewer' })
    assert.deepEqual((await one('GET', '/tokens')).body.items.map((item: any) => item.name), ['mine'])
    assert.deepEqual((await other('GET', '/tokens')).body.items, [])
    assert.deepEqual((await plane.withToken(token)('GET', '/tokens')).body.items, [])
    assert.equal((await other('DELETE', `/tokens/${id}`)).status, 404)
    assert.equal((await one('DELETE', `/tokens/${id}`)).status, 204)
    assert.equal((await plane.withToken(token)('GET', '/routes')).status, 401)
  })

  test('tells when it was used, to the minute', async () => {
    const { id, token } = await created(plane.as.admin, '/tokens', { name: 'used', role: 'viewer' })
    const usedAt = async () => (await plane.db.apiTokens.findByPk(id))?.lastUsedAt?.getTime() ?? null
    assert.equal(await usedAt(), null)
    await plane.withToken(token)('GET', '/routes')
    const first = await usedAt()
    assert.ok(first !== null && Date.now() - first < 10_000)
    await plane.withToken(token)('GET', '/routes')
    assert.equal(await usedAt(), first)
    await plane.db.apiTokens.update({ lastUsedAt: new Date(first - 61_000) }, { where: { id } })
    await plane.withToken(token)('GET', '/routes')
    assert.ok((await usedAt() ?? 0) >= first)
  })
})
