import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SCHEMA_VERSION, type Snapshot } from '../schema/snapshot.ts'
import { contentOf, testId } from '../testing/content.ts'
import { decodeContent, decodeSnapshot } from './decode-snapshot.ts'

function snapshotOf(content: unknown = contentOf({ routes: [{}] })): Record<string, unknown> {
  return { epoch: testId(1), revision: 3, schemaVersion: SCHEMA_VERSION, createdBy: 'ann', createdAt: '2026-01-31T12:00:00.000Z', note: '', sha256: 'a'.repeat(64), content }
}

function pointers(input: unknown): string[] {
  return decodeSnapshot(input).issues.map((issue) => `${issue.path} ${issue.code}`)
}

describe('decodeSnapshot', () => {
  test('gives a whole snapshot back as it was', () => {
    const snapshot = snapshotOf()
    assert.deepEqual(decodeSnapshot(JSON.parse(JSON.stringify(snapshot))), { ok: true, value: snapshot as unknown as Snapshot, issues: [] })
  })

  test('keeps the order of the resources, which the hash is over', () => {
    const content = contentOf({ routes: [{ number: 3 }, { number: 1 }, { number: 2 }] })
    const result = decodeContent(content)
    assert.ok(result.ok)
    assert.deepEqual(result.value.routes.map((route) => route.id), [testId(3), testId(1), testId(2)])
  })

  test('does not look at a version it does not know', () => {
    const newer = { ...snapshotOf({ something: 'new' }), schemaVersion: 99 }
    assert.deepEqual(pointers(newer), ['/schemaVersion schema_version_unsupported'])
  })

  test('tells what is wrong with the head and where in the content', () => {
    const content = { ...contentOf({ routes: [{}, {}] }), extras: [] } as Record<string, unknown>
    content['routes'] = [{ ...contentOf({ routes: [{}] }).routes[0], id: 'x' }, 5]
    content['upstreams'] = {}
    delete content['listeners']
    assert.deepEqual(pointers({ ...snapshotOf(content), revision: 0, sha256: 'A', more: 1 }), [
      '/revision invalid_value',
      '/sha256 invalid_value',
      '/more unknown_field',
      '/content/listeners required',
      '/content/upstreams invalid_value',
      '/content/routes/0/id invalid_value',
      '/content/routes/1 invalid_value',
      '/content/extras unknown_field'
    ])
  })

  test('takes nothing for granted', () => {
    for (const input of [null, undefined, 1, 'x', []]) assert.deepEqual(pointers(input), [' invalid_value'])
    assert.deepEqual(pointers({}).length, 8)
    assert.deepEqual(pointers(snapshotOf(null)), ['/content invalid_value'])
    assert.deepEqual(pointers({ ...snapshotOf(), schemaVersion: '1' }), ['/schemaVersion invalid_value'])
  })

  test('tells at most 100 issues of one resource, and goes on with the next', () => {
    const targets = Array.from({ length: 500 }, () => ({}))
    const found = pointers(snapshotOf({ listeners: [], upstreams: [{ targets }, {}], routes: [] }))
    assert.equal(found.filter((issue) => issue.startsWith('/content/upstreams/0/')).length, 100)
    assert.deepEqual(found.slice(100), ['/content/upstreams/1/id required', '/content/upstreams/1/name required'])
  })

  test('stops at 1000 issues', () => {
    const routes = Array.from({ length: 5000 }, () => ({}))
    assert.equal(pointers(snapshotOf({ listeners: [], upstreams: [], routes })).length, 1000)
  })
})
