import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { includesRole, ROLES } from '../../shared/schema/role.ts'
import { endpoints } from '../api/endpoints.ts'
import { PATH_PARAMETER } from './endpoint-path.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import type { ApiCall } from '../testing/api-client.ts'
import { signIn } from '../testing/sign-in.ts'
import { created } from '../testing/drafts.ts'

let plane: ControlPlane
let nodeToken: string
/** Tokens that were good once, and a person who has to choose a password first. */
let ended: Record<'expired' | 'revoked' | 'revoked node' | 'disabled owner', ApiCall>
let newcomer: ApiCall
let scoped: Record<'viewer' | 'editor' | 'publisher', ApiCall>

before(async () => {
  plane = await startControlPlane()
  nodeToken = (await created(plane.as.admin, '/nodes', { id: 'node-1' })).token
  const [viewer, editor, publisher] = await Promise.all((['viewer', 'editor', 'publisher'] as const).map(async (role) => plane.withToken((await created(plane.as.admin, '/tokens', { name: `scoped ${role}`, role, tenants: ['one'] })).token)))
  scoped = { viewer, editor, publisher } as typeof scoped
  ended = await createEnded()
  newcomer = await signIn(plane, true, await createPerson('newcomer@test.example'))
})

after(() => plane.stop())

async function createPerson(email: string): Promise<{ id: string; email: string; password: string }> {
  const password = 'given by the admin'
  return { id: (await created(plane.as.admin, '/users', { email, role: 'admin', password })).id, email, password }
}

async function createEnded(): Promise<typeof ended> {
  const { admin } = plane.as
  const expired = await created(admin, '/tokens', { name: 'expired', role: 'admin', expiresAt: new Date(Date.now() + 60_000).toISOString() })
  await plane.db.apiTokens.update({ expiresAt: new Date(Date.now() - 1) }, { where: { id: expired.id } })
  const revoked = await created(admin, '/tokens', { name: 'revoked', role: 'admin' })
  await admin('DELETE', `/tokens/${revoked.id}`)
  const node = await created(admin, '/nodes', { id: 'node-revoked' })
  await admin('DELETE', '/nodes/node-revoked')
  const owner = await createPerson('disabled@test.example')
  const owned = await created(admin, '/tokens', { name: 'owned', role: 'admin' })
  await plane.db.apiTokens.update({ ownerId: owner.id }, { where: { id: owned.id } })
  await admin('PATCH', `/users/${owner.id}`, { enabled: false })
  return { expired: plane.withToken(expired.token), revoked: plane.withToken(revoked.token), 'revoked node': plane.withToken(node.token), 'disabled owner': plane.withToken(owned.token) }
}

/** Ids of nothing, so that whoever may call changes nothing either. */
const NOTHING = '01890000-0000-7000-8000-000000000000'
/** What an endpoint answers that keeps nobody within tenants. */
const REFUSED_WHOLE = 'This concerns every tenant; you are limited to some.'
const somewhere = (path: string) => path.replace(PATH_PARAMETER, NOTHING)

describe('every endpoint', () => {
  for (const { method, path, permission, tenantScoped = false, beforePasswordChange = false } of endpoints) {
    const target = somewhere(path)
    const body = method === 'GET' ? undefined : {}

    if (permission === 'public') {
      test(`${method} ${path} answers anybody`, async () => {
        const { body: answer } = await plane.as.anonymous(method, target, body)
        assert.notEqual(answer?.error?.code, 'unauthenticated')
      })
      continue
    }

    test(`${method} ${path} refuses who has not signed in`, async () => {
      const answer = await plane.as.anonymous(method, target, body)
      assert.equal(answer.status, 401)
      assert.equal(answer.body.error.code, 'unauthenticated')
      const unknown = await plane.withToken('gwt_nobody-has-this-token')(method, target, body)
      assert.equal(unknown.status, 401)
      for (const [name, call] of Object.entries(ended)) assert.equal((await call(method, target, body)).status, 401, name)
    })

    if (method === 'GET' || !beforePasswordChange) {
      test(`${method} ${path} ${beforePasswordChange ? 'answers' : 'refuses'} who has not chosen a password yet`, async () => {
        const { status, body: answer } = await newcomer(method, target, body)
        const refusal = permission === 'node' ? 'forbidden' : 'password_change_required'
        if (!beforePasswordChange) assert.deepEqual([status, answer?.error?.code], [403, refusal])
        else assert.equal(status, 200)
      })
    }

    test(`${method} ${path} is for ${permission}`, async () => {
      for (const role of ROLES) {
        const { status, body: answer } = await plane.as[role](method, target, body)
        const may: boolean = permission !== 'node' && includesRole(role, permission)
        assert.equal(status === 403, !may, `${role} got ${status} ${JSON.stringify(answer)}`)
      }
      const { status } = await plane.withToken(nodeToken)(method, target, body)
      assert.equal(status === 403, permission !== 'node', `a node got ${status}`)
    })

    test(`${method} ${path} ${tenantScoped ? 'lets in' : 'refuses'} who is limited to some tenants`, async () => {
      for (const role of ['viewer', 'editor', 'publisher'] as const) {
        const { status, body: answer } = await scoped[role](method, target, body)
        const mayRole: boolean = permission !== 'node' && includesRole(role, permission)
        const expected: string | undefined = !mayRole ? 'forbidden' : !tenantScoped ? 'outside_grant' : undefined
        if (expected !== undefined) assert.deepEqual([status, answer?.error?.code], [403, expected], role)
        else assert.notDeepEqual([status, answer?.error?.message], [403, REFUSED_WHOLE], role)
      }
    })
  }
})

test('what decides for others needs more than what decides for oneself', () => {
  const least: [paths: RegExp, methods: RegExp, permission: string][] = [
    [/^\/node\//, /./, 'node'],
    [/^\/users/, /./, 'admin'],
    [/^\/grants/, /POST|PATCH|DELETE/, 'admin'],
    [/^\/nodes(\/:id(\/token)?)?$/, /POST|DELETE/, 'admin'],
    [/^\/nodes\/:id$/, /PATCH/, 'publisher'],
    [/^\/(nodes\/:id\/(drain|undrain)|targets)/, /POST/, 'publisher'],
    [/^\/config\/(publish|rollback)$/, /./, 'publisher'],
    [/^\/(certificates|self-signed-certificates|secrets|connections)/, /POST|PATCH|DELETE/, 'publisher'],
    [/^\/(listeners|upstreams|routes|providers|tls-policies|policies|config\/discard|config\/import)/, /POST|PATCH|DELETE/, 'editor']
  ]
  for (const [paths, methods, permission] of least) {
    const chosen = endpoints.filter(({ path, method }) => paths.test(path) && methods.test(method))
    assert.ok(chosen.length > 0, String(paths))
    for (const endpoint of chosen) assert.equal(endpoint.permission, permission, `${endpoint.method} ${endpoint.path}`)
  }
  const open = endpoints.filter(({ permission }) => permission === 'public').map(({ method, path }) => `${method} ${path}`)
  assert.deepEqual(open, ['POST /session', 'GET /openapi.json'])
})

/** Of endpoints that look at the body before the id. */
const BODIES: Record<string, object> = { 'POST /snapshots/:revision/restore': { kind: 'routes', id: NOTHING } }

test('an id that is none is an id of nothing', async () => {
  for (const id of ['-'.repeat(36), 'x', '0', NOTHING.toUpperCase().replaceAll('0', 'A'), `${NOTHING}0`, '%27%20OR%201', 'constructor', '1e3', '2147483648', '99999999999']) {
    for (const { method, path, permission } of endpoints) {
      if (!path.includes('/:') || permission === 'node') continue
      const body = BODIES[`${method} ${path}`] ?? (method === 'PATCH' ? {} : undefined)
      const answer = await plane.as.admin(method, path.replace(PATH_PARAMETER, id), body, { 'if-match': '"1"' })
      assert.deepEqual([answer.status, answer.body.error.code], [404, 'not_found'], `${method} ${path} with ${id}`)
    }
  }
})

test('a path that is not there says so; a method that is not there says which are', async () => {
  for (const path of ['/nothing', '/', '/routes/x/y', '/node', '/config', '/%2e%2e/routes', '//routes']) assert.equal((await plane.as.admin('GET', path)).status, 404, path)
  const paths = new Set(endpoints.map(({ path }) => path))
  for (const path of paths) {
    const allowed = endpoints.filter((endpoint) => endpoint.path === path).map(({ method }) => method)
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS', 'PROPFIND'].filter((name) => !allowed.some((known) => known === name))) {
      const answer = await plane.as.admin(method, somewhere(path))
      assert.deepEqual([answer.status, answer.body.error.code], [405, 'method_not_allowed'], `${method} ${path}`)
      assert.deepEqual(answer.headers.get('allow')?.split(', ').sort(), allowed.sort(), `${method} ${path}`)
    }
  }
})
