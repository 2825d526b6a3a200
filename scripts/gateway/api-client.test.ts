import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { createApiClient } from './api-client.ts'
import { Failure } from './failure.ts'

let server: http.Server
let url: string

before(async () => {
  server = http.createServer((request, response) => {
    // The head of the answer and no more, or nothing at all.
    if (request.url?.includes('half') === true) response.writeHead(200, { 'content-length': 10 }).flushHeaders()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

after(() => {
  server.closeAllConnections()
  server.close()
})

test('a control plane that hangs is told as one, each kind of request within its bound', async () => {
  const api = createApiClient(url, 'a-token', { probeMs: 100, readMs: 200, writeMs: 300 })
  for (const [ask, seconds] of [[() => api.probe('/readyz'), 0.1], [() => api.get('/nodes'), 0.2], [() => api.get('/half'), 0.2], [() => api.send('POST', '/config/publish', {}), 0.3]] as const) {
    await assert.rejects(ask, (error) => error instanceof Failure && error.exitCode === 69 && error.message.includes(`gave no answer within ${seconds} s; is it running?`))
  }
})
