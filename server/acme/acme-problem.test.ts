import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { axios } from 'acme-client'
import { isPermanent, takeProblem } from './acme-problem.ts'

let authority: http.Server
let url: string
let answer: { status: number; retryAfter?: string; type?: string }

before(async () => {
  authority = http.createServer((_request, response) => {
    const { status, retryAfter, type } = answer
    response.writeHead(status, { 'content-type': 'application/problem+json', ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) }).end(JSON.stringify({ type }))
  })
  authority.listen(0, '127.0.0.1')
  await once(authority, 'listening')
  url = `http://127.0.0.1:${(authority.address() as AddressInfo).port}/`
})

after(() => {
  authority.close()
  authority.closeAllConnections()
})

const said = async (given: typeof answer) => {
  answer = given
  await axios.get(url).catch(() => {})
  return takeProblem()
}

test('what an authority refuses is kept with the time that it wants to be left alone, as a number or as a date', async () => {
  const limited = { status: 429, type: 'urn:ietf:params:acme:error:rateLimited' }
  assert.deepEqual(await said({ ...limited, retryAfter: '90' }), { status: 429, type: 'rateLimited', retryAfterSeconds: 90 })
  const { retryAfterSeconds } = (await said({ ...limited, retryAfter: new Date(Date.now() + 120_000).toUTCString() }))!
  assert.ok(retryAfterSeconds > 110 && retryAfterSeconds <= 120, String(retryAfterSeconds))
  assert.equal((await said(limited))!.retryAfterSeconds, 0)
  assert.equal(await said({ status: 200 }), null)
  assert.ok(isPermanent(await said({ status: 403, type: 'urn:ietf:params:acme:error:rejectedIdentifier' })))
})
