import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecentRequest, RequestFilter } from '../../shared/schema/recent-request.ts'
import { fitsRequest } from './fits-request.ts'

const request: RecentRequest = { time: '2026-01-01T00:00:00.000Z', requestId: 'a-1', client: '10.0.0.7', tenant: 'acme', tenantSource: 'header', token: 'none', scheme: 'http', port: 80, listener: 'web', route: 'Orders', upstream: 'orders', target: 'a', method: 'GET', host: 'shop.example', path: '/orders/7', status: 502, code: 'connect_failed', attempts: 2, durationMs: 3, firstByteMs: 0, bytesIn: 0, bytesOut: 10 }
const fits = (filter: RequestFilter, tenants?: string[], of: Partial<RecentRequest> = {}) => fitsRequest({ ...request, ...of }, filter, tenants)

test('every part of the filter must fit; letter case is ignored', () => {
  assert.ok(fits({}))
  assert.ok(fits({ route: 'orders', url: 'shop.example/ORDERS', client: '10.0', method: 'get', tenant: 'ac', outcome: 'failed' }))
  assert.ok(!fits({ route: 'orders', client: '10.1' }))
})

test('outcomes', () => {
  const outcomes = (of: Partial<RecentRequest>) => (['good', 'refused', 'failed', 'gateway'] as const).filter((outcome) => fits({ outcome }, undefined, of))
  assert.deepEqual(outcomes({ status: 200, code: '' }), ['good'])
  assert.deepEqual(outcomes({ status: 404, code: 'no_route' }), ['refused', 'gateway'])
  assert.deepEqual(outcomes({ status: 502, code: '' }), ['failed'])
  assert.deepEqual(outcomes({ status: 0, code: 'client_closed' }), ['failed', 'gateway'])
})

test('who is limited to some tenants sees theirs only', () => {
  assert.ok(fits({}, ['acme']))
  assert.ok(!fits({}, ['other']))
  assert.ok(!fits({}, ['other'], { tenant: '' }))
})
