import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { contentOf, type Given, testId } from '../testing/content.ts'
import { compileRoutes } from './compile-routes.ts'
import { editRoutes } from './edit-routes.ts'
import { explainMatch } from './explain/explain-match.ts'
import { looseReading } from './loose-path.ts'
import { AMBIGUOUS, matchCandidate, matchRoute } from './match-route.ts'
import { normalizePath } from './normalize-path.ts'

const open: Given = { name: 'open', match: { path: { type: 'prefix', value: '/' } } }
const guarded = (match: object, more: object = {}): Given => ({ name: 'guarded', authorizationPolicy: 'staff', match, ...more })
const prefix = (value: string) => guarded({ path: { type: 'prefix', value } })

function winner(routes: Given[], rawPath: string): string {
  const path = normalizePath(rawPath)
  if (path === null) return '400'
  const compiled = compileRoutes(contentOf({ routes }))
  const request = { host: 'a.example', hostPort: 80, path, method: 'GET', isWebSocket: false, tenantCode: '', query: '', fields: '' }
  const found = matchRoute(compiled, testId(1), request)
  const explained = explainMatch(compiled, testId(1), request)
  assert.equal(explained.winner, found, 'explain says the same')
  assert.equal(explained.isAmbiguous, matchCandidate(compiled, testId(1), request) === AMBIGUOUS, 'explain knows, too')
  if (explained.isAmbiguous) return '400'
  assert.ok(found === null || explained.candidates[0]?.route === found, 'the winner comes first')
  assert.ok(found === null || explained.candidates.some(({ route, mismatch }) => route === found && mismatch === null), rawPath)
  return found?.name ?? 'none'
}

describe('nobody walks round a guarded route', () => {
  const tricks = [
    '/admin', '/admin/', '/admin/x', '//admin', '///admin/x', '/Admin', '/ADMIN/x', '/%61dmin', '/%41dmin', '/x/../admin', '/x/%2e%2e/admin', '/x/%2E./admin', '/./admin', '/.//admin',
    '/%2fadmin', '/x/..%2fadmin', '/x%2f..%2fadmin', '/%2e%2e%2fadmin', '/admin;a=b', '/admin;/x', '/x/..;/admin', '/;/admin', '/admin%2fx', '/%2561dmin', '/admin%3b', '//;//%41DMIN//'
  ]
  const weak: Given = { ...open, name: 'weak', authorizationPolicy: 'everybody' }
  for (const path of tricks) test(`prefix, where another guard is before everything: ${path}`, () => assert.ok(['guarded', '400'].includes(winner([weak, prefix('/admin')], path)), winner([weak, prefix('/admin')], path)))
  for (const path of tricks) test(`prefix: ${path}`, () => assert.ok(['guarded', '400'].includes(winner([open, prefix('/admin')], path)), winner([open, prefix('/admin')], path)))

  for (const path of ['/admin', '//admin', '/Admin', '/%61dmin', '/x/../ADMIN', '/admin;x']) test(`exact: ${path}`, () => assert.equal(winner([open, guarded({ path: { type: 'exact', value: '/admin' } })], path), 'guarded'))
  for (const path of ['/a/1/b', '//a/1/b', '/A/1/B', '/a//1/b', '/a/1/b;x', '/%61/1/b', '/a%2f1/b']) {
    test(`pattern, strict about letter case: ${path}`, () => assert.equal(winner([open, guarded({ path: { type: 'pattern', value: '/a/{id}/b', caseSensitive: true } })], path), 'guarded'))
    test(`expression: ${path}`, () => assert.equal(winner([open, guarded({ path: { type: 'regex', value: '/a/[0-9]/b' } }, { priority: 1 })], path), 'guarded'))
  }
  test('what is written with reserved or other characters', () => {
    for (const path of ['/@admin', '/%40admin', '//%40ADMIN/x']) assert.equal(winner([open, prefix('/@admin')], path), 'guarded', path)
    for (const path of ['/b%C3%BCro', '//b%c3%bcro', '/B%C3%BCRO/']) assert.equal(winner([open, prefix('/büro')], path), 'guarded', path)
    for (const path of ['/a%20b', '//a%20b', '/A%20B/c']) assert.equal(winner([open, prefix('/a b')], path), 'guarded', path)
  })
  test('a longer path that is open does not open what lies beside it', () => {
    const routes = [{ name: 'open', match: { path: { type: 'prefix', value: '/public/files' } } }, prefix('/admin')]
    assert.equal(winner(routes, '/public/files/..;/..;/admin'), 'guarded')
    assert.equal(winner(routes, '/public/files/x'), 'open')
  })
})

test('where two guards claim a path by its readings, none of their routes gets it', () => {
  const weak: Given = { ...open, name: 'weak', authorizationPolicy: 'everybody' }
  const routes = [weak, prefix('/admin')]
  for (const path of ['//admin', '/admin;x', '/x/..;/admin', '/x/..%2fadmin', '/admin/..;/x', '/admin%2fx']) assert.equal(winner(routes, path), '400', path)
  for (const path of ['/x;y', '//x', '/x%2fy']) assert.equal(winner(routes, path), 'weak', path)
  for (const path of ['/admin/x', '/Admin/x', '/admin/x;y', '/admin//x', '/admin/a%2fb']) assert.equal(winner(routes, path), 'guarded', path)
})

test('where both have the same guard, the path means what is written', () => {
  const routes = [{ ...open, name: 'site', authorizationPolicy: 'STAFF' }, prefix('/admin')]
  assert.equal(winner(routes, '//admin'), 'site')
  assert.equal(winner([{ ...open, name: 'site', authorizationPolicy: 'staff', tenantCode: 'acme' }, prefix('/admin')], '//admin'), 'guarded', 'a policy of the same name may be another one for a tenant')
})

test('other paths, and routes without a guard, are read as they are', () => {
  for (const path of ['/', '/adminx', '/x/admin', '/public//x', '/Public', '/a%2fb']) assert.equal(winner([open, prefix('/admin')], path), 'open', path)
  const routes = [open, { name: 'plain', match: { path: { type: 'prefix', value: '/admin' } } }]
  for (const path of ['//admin', '/Admin', '/admin;x']) assert.equal(winner(routes, path), 'open', path)
  assert.equal(winner([open, { ...prefix('/admin'), authorizationPolicy: 'Anonymous' }], '/Admin'), 'open')
})

test('an open path within a guarded one stays open, also with an empty segment in it', () => {
  const routes = [prefix('/'), { name: 'open', match: { path: { type: 'prefix', value: '/public' } } }]
  assert.deepEqual(['/public/x', '/public//x', '/other', '/PUBLIC'].map((path) => winner(routes, path)), ['open', 'open', 'guarded', 'guarded'])
})

test('a guard that goes, or comes, takes its spellings along', () => {
  const [plain, under] = [false, true].map((isGuarded) => compileRoutes(contentOf({ routes: [open, { name: 'admin', match: { path: { type: 'prefix', value: '/a//admin' } }, ...(isGuarded ? { authorizationPolicy: 'staff' } : {}) }] })))
  const request = { host: 'a.example', hostPort: 80, path: '/A/admin', method: 'GET', isWebSocket: false, tenantCode: '', query: '', fields: '' }
  const name = (compiled: typeof plain): string | undefined => matchRoute(compiled!, testId(1), request)?.name
  assert.deepEqual([name(plain), name(under)], ['open', 'admin'])
  const edit = editRoutes(under!)
  edit.add(plain!.byId.get(testId(2))!)
  const after = edit.finish()
  assert.deepEqual([name(after), after.guarded, name(under)], ['open', 0, 'admin'])
  const again = editRoutes(after)
  again.remove(testId(2))
  assert.equal(name(again.finish()), 'open')
})

test('the loose reading costs nothing where there is nothing to forgive', () => {
  assert.equal(looseReading('/a/b.c/d-e'), '/a/b.c/d-e')
  assert.deepEqual(['//a', '/a;b/c', '/%61%2F..%2fb', '/%252e%252e/x', '/a%5cb'].map(looseReading), ['/a', '/a/c', '/b', '/x', '/a/b'])
})
