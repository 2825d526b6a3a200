import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SnapshotContent } from '../../../../shared/schema/snapshot.ts'
import { decodeListener, decodeRoute } from '../../../../shared/snapshot/decode-resource.ts'
import { curlLine } from './curl-line.ts'

const UPSTREAM = '01890000-0000-7000-8000-000000000001'
const LISTENER = '01890000-0000-7000-8000-000000000002'

function content(match: object, listener: object = {}): SnapshotContent {
  const decodedListener = decodeListener({ name: 'web', protocol: 'http', port: 20000, ...listener })
  const decodedRoute = decodeRoute({ name: 'r', isGlobal: true, upstreamId: UPSTREAM, listenerIds: [LISTENER], match })
  assert.ok(decodedListener.ok && decodedRoute.ok)
  return { listeners: [{ id: LISTENER, ...decodedListener.value }], upstreams: [], routes: [{ id: UPSTREAM, ...decodedRoute.value }], providers: [], tlsPolicies: [], policies: [] }
}

test('asks for the path of the route at the port of its listener', () => {
  assert.equal(curlLine(content({ path: { type: 'prefix', value: '/api' } }), 'localhost'), "curl -i 'http://localhost:20000/api'")
})

test('sends a host and a method that the route takes', () => {
  assert.equal(curlLine(content({ hosts: ['*.example.com:8080'], methods: ['POST'] }), 'localhost'), "curl -i -X POST -H 'Host: www.example.com' 'http://localhost:20000/'")
})

test('says nothing when no listener serves a route', () => {
  assert.equal(curlLine(content({}, { enabled: false }), 'localhost'), null)
})
