import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { eventually } from './support/eventually.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

let system: System
const servers: http.Server[] = []

async function listening(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

before(async () => {
  system = await startSystem({ nodes: 2 })
})

after(async () => {
  await system?.stop()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

test('a cookie that one node gave binds on every node; a token names the tenant on all of them', async () => {
  const targets = await Promise.all(['one', 'two', 'three'].map((name) => listening((request, response) => response.end(`${name} ${request.headers['x-tenant-code'] ?? '-'} ${request.headers['x-tenant-source'] ?? '-'}`))))
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const keys = await listening(async (_request, response) => response.end(JSON.stringify({ keys: [{ ...await exportJWK(publicKey), kid: 'k', alg: 'ES256' }] })))
  const { upstream } = await createExample(system, targets)
  await system.api.patch(`/upstreams/${upstream.id}`, { loadBalancing: 'RoundRobin', sessionAffinity: { enabled: true, policy: 'Cookie', keyName: 'Seat' } })
  await system.api.must('POST', '/providers', { name: 'login', issuer: 'https://login.example/', audiences: ['gateway'], jwksUrl: keys })
  await system.api.must('POST', '/listeners', { name: 'of the second node', protocol: 'http', port: system.nodes[1]!.ports.from })
  await publishAndWait(system, 'affinity and identity')
  const [first, second] = system.nodes.map((node) => `http://127.0.0.1:${node.ports.from}/`)
  const answer = await fetch(first!)
  const [bound] = (await answer.text()).split(' ')
  const [cookie = ''] = answer.headers.get('set-cookie')!.split(';')
  const token = await new SignJWT({ tenant_code: 'acme' }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).setIssuer('https://login.example/').setAudience('gateway').setSubject('ann').setExpirationTime('1 h').sign(privateKey)
  for (const url of [first!, second!]) {
    for (let round = 0; round < 4; round++) {
      const next = await fetch(url, { headers: { cookie, authorization: `Bearer ${token}`, 'x-tenant-code': 'other' } })
      assert.equal(await next.text(), `${bound} acme token`)
      assert.equal(next.headers.get('set-cookie'), null)
    }
  }
})

test('a token signed with a shared secret is verified on every node, with the secret as it is now', async () => {
  const [old, renewed] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')]
  const secret = await system.api.must('POST', '/secrets', { name: 'shared-login', value: old })
  await system.api.must('POST', '/providers', { name: 'shared', issuer: 'https://shared.example/', audiences: ['gateway'], algorithms: ['HS256'], secretName: 'shared-login' })
  await publishAndWait(system, 'a provider with a shared secret')
  const tokenBy = (key: string): Promise<string> => new SignJWT({ tenant_code: 'shared' }).setProtectedHeader({ alg: 'HS256' }).setIssuer('https://shared.example/').setAudience('gateway').setSubject('bob').setExpirationTime('1 h').sign(Buffer.from(key))
  const tenantBy = async (url: string, token: string): Promise<string | undefined> => (await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text()).split(' ')[1]
  const urls = system.nodes.map((node) => `http://127.0.0.1:${node.ports.from}/`)
  const [byOld, byRenewed] = [await tokenBy(old), await tokenBy(renewed)]
  for (const url of urls) {
    await eventually('the node has the secret', async () => await tenantBy(url, byOld) === 'shared')
    assert.equal(await tenantBy(url, byRenewed), '-')
  }
  await system.api.patch(`/secrets/${secret.id}`, { value: renewed })
  for (const url of urls) await eventually('the new secret counts', async () => await tenantBy(url, await tokenBy(renewed)) === 'shared' && await tenantBy(url, byOld) === '-')
})
