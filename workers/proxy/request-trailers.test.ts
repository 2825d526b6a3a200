import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { connectRaw } from '../testing/raw-client.ts'

const servers: http.Server[] = []
let gateway: EngineUnderTest
let target: string
let service: string

async function listening(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

before(async () => {
  target = await listening((request, response) => void request.resume().on('end', () => response.end(request.rawTrailers.join(' '))))
  service = await listening((_request, response) => response.writeHead(200, { 'X-Auth-User': 'ann' }).end())
  gateway = await startEngine({ targets: [target] })
})

after(async () => {
  await gateway.stop()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

/** The trailers that reach the origin; the request is sent in pieces of so many bytes. */
async function trailersOf(fields: string, trailers: string, size: number): Promise<string> {
  const client = await connectRaw(gateway.port)
  const text = `POST / HTTP/1.1\r\nHost: a\r\n${fields}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n${trailers}\r\n`
  for (let at = 0; at < text.length; at += size) {
    client.send(text.slice(at, at + size))
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { body } = await client.response()
  client.destroy()
  return body
}

const key = { header: 'X-Key', keys: [{ name: 'a', hash: createHash('sha256').update('k').digest('hex') }] }
const guarded = (authorization: object, more: object = {}): Partial<TestConfiguration> => ({ policies: [{ name: 'guard', authorization, ...more }], route: { authorizationPolicy: 'guard' } })

const cases: [what: string, configuration: () => Partial<TestConfiguration>, fields: string, trailers: string, left: string][] = [
  ['another service says', () => guarded({ forward: { url: service, copyHeaders: ['X-Auth-User', 'X-Auth-Role'] } }), '', 'x-AUTH-user: root\r\nX-Sum: 1\r\nX-Auth-Role: admin\r\n', 'X-Sum 1'],
  ['holds a key', () => guarded({ apiKey: key }), 'X-Key: k\r\n', 'X-Key: k\r\nX-Sum: 1\r\nX-Key: k\r\n', 'X-Sum 1'],
  ['a route sets or takes away', () => ({ route: { transforms: [{ RequestHeader: 'X-User', Set: '${user}' }, { RequestHeaderRemove: 'X-Debug' }, { RequestHeader: 'X-More', Append: 'a' }] } }), '', 'X-User: root\r\nX-Debug: 1\r\nX-More: b\r\n', 'X-More b'],
  ['names the tenant', () => ({ listener: { tenantHeader: { name: 'X-Org' } } }), 'X-Org: acme\r\n', 'X-Org: other\r\nX-Tenant-Code: other\r\nX-Sum: 1\r\n', 'X-Sum 1'],
  ['binds a session', () => ({ upstream: { sessionAffinity: { enabled: true, policy: 'Hash' } } }), 'X-Tenant-Code: acme\r\n', 'X-Session-Key: other\r\nX-Sum: 1\r\n', 'X-Sum 1']
]

describe('a request trailer', () => {
  for (const [what, configuration, fields, trailers, left] of cases) {
    test(`does not reach the origin where its header ${what}; others do`, async () => {
      gateway.apply({ targets: [target], ...configuration() })
      for (const size of [1_000, 40, 1]) assert.equal(await trailersOf(fields, trailers, size), left, `in pieces of ${size}`)
      gateway.apply({ targets: [target] })
      const plain = trailers.split('\r\n').filter((line) => line !== '' && !line.startsWith('X-Tenant')).join(' ').replaceAll(':', '')
      assert.equal(await trailersOf(fields, trailers, 1_000), plain)
    })
  }

  test('stays where a policy only observes', async () => {
    gateway.apply({ targets: [target], ...guarded({ apiKey: key }, { mode: 'observe' }) })
    assert.equal(await trailersOf('', 'X-Key: k\r\n', 1_000), 'X-Key k')
  })
})
