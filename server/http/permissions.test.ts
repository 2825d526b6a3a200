import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { includesRole, ROLES } from '../../shared/schema/role.ts'
import { endpoints } from '../api/endpoints.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { created } from '../testing/drafts.ts'

let plane: ControlPlane
let nodeToken: string

before(async () => {
  plane = await startControlPlane()
  nodeToken = (await created(plane.as.admin, '/nodes', { id: 'node-1' })).token
})

after(() => plane.stop())

/** Ids of nothing, so that whoever may call changes nothing either. */
const NOTHING = '01890000-0000-7000-8000-000000000000'
const somewhere = (path: string) => path.replace(/:\w+/g, NOTHING)

describe('every endpoint', () => {
  for (const { method, path, permission } of endpoints) {
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
    })

    test(`${method} ${path} is for ${permission}`, async () => {
      for (const role of ROLES) {
        const { status, body: answer } = await plane.as[role](method, target, body)
        const may: boolean = permission !== 'node' && includesRole(role, permission)
        assert.equal(status === 403, !may, `${role} got ${status} ${JSON.stringify(answer)}`)
      }
      const { status } = await plane.withToken(nodeToken)(method, target, body)
      assert.equal(status === 403, permission !== 'node', `a node got ${status}`)
    })
  }
})

test('what decides for others needs more than what decides for oneself', () => {
  const least: [paths: RegExp, methods: RegExp, permission: string][] = [
    [/^\/node\//, /./, 'node'],
    [/^\/tokens/, /./, 'admin'],
    [/^\/nodes/, /POST|PATCH|DELETE/, 'admin'],
    [/^\/config\/(publish|rollback)$/, /./, 'publisher'],
    [/^\/certificates/, /POST|PATCH|DELETE/, 'publisher'],
    [/^\/(listeners|upstreams|routes|providers|config\/discard|config\/import)/, /POST|PATCH|DELETE/, 'editor']
  ]
  for (const [paths, methods, permission] of least) {
    const chosen = endpoints.filter(({ path, method }) => paths.test(path) && methods.test(method))
    assert.ok(chosen.length > 0, String(paths))
    for (const endpoint of chosen) assert.equal(endpoint.permission, permission, `${endpoint.method} ${endpoint.path}`)
  }
  const open = endpoints.filter(({ permission }) => permission === 'public').map(({ method, path }) => `${method} ${path}`)
  assert.deepEqual(open, ['POST /session', 'GET /openapi.json'])
})

test('an id that is none is an id of nothing', async () => {
  for (const id of ['-'.repeat(36), 'x', '0', NOTHING.toUpperCase().replaceAll('0', 'A'), `${NOTHING}0`, '%27%20OR%201', 'constructor', '1e3', '2147483648', '99999999999']) {
    for (const { method, path, permission } of endpoints) {
      if (!path.includes(':') || permission === 'node') continue
      const body = method === 'PATCH' ? {} : undefined
      const answer = await plane.as.admin(method, path.replace(/:\w+/g, id), body, { 'if-match': '"1"' })
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
