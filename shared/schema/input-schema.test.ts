import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Compile } from 'typebox/compile'
import { testId } from '../testing/content.ts'
import { inputSchema } from './input-schema.ts'
import { Listener } from './listener.ts'
import { Route } from './route.ts'
import { Upstream } from './upstream.ts'

describe('inputSchema', () => {
  test('asks only for fields without a default', () => {
    assert.deepEqual(inputSchema(Listener), { ...(inputSchema(Listener) as object), required: ['name', 'protocol', 'port'] })
    assert.deepEqual((inputSchema(Route) as { required?: string[] }).required, ['name'])
  })

  test('at every depth: objects, lists and unions', () => {
    const upstream = Compile(inputSchema(Upstream))
    assert.ok(upstream.Check({ name: 'u' }))
    assert.ok(upstream.Check({ name: 'u', targets: [{ id: 'a', address: 'http://a' }], healthCheck: { passive: { policy: { policy: 'ConsecutiveFailures' } } } }))
    assert.ok(!upstream.Check({ name: 'u', targets: [{ id: 'a' }] }))
    assert.ok(!upstream.Check({ name: 'u', other: 1 }))
    const route = Compile(inputSchema(Route))
    assert.ok(route.Check({ name: 'r', isGlobal: true, respond: { status: 200 }, match: { path: { type: 'exact', value: '/' }, headers: [{ name: 'a' }] } }))
    assert.ok(!route.Check({ name: 'r', isGlobal: true, upstreamId: testId(1), match: { path: { type: 'exact' } } }))
  })

  test('keeps everything else and leaves the schema as it was', () => {
    const before = JSON.stringify(Upstream)
    const input = JSON.parse(JSON.stringify(inputSchema(Upstream))) as { properties: Record<string, object> }
    assert.equal(JSON.stringify(Upstream), before)
    assert.deepEqual(input.properties['name'], JSON.parse(JSON.stringify(Upstream.properties.name)))
    assert.equal((input.properties['slowStartSeconds'] as { default: number }).default, 0)
  })
})
