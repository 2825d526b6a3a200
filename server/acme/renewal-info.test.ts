import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { certificateId, renewalInfo, renewalTime } from './renewal-info.ts'

/** The certificate of RFC 9773, appendix A. */
const EXAMPLE = `-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----
`

test('a certificate is named as RFC 9773 has it', () => {
  assert.equal(certificateId(`${EXAMPLE}${EXAMPLE}`), 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE')
})

test('the time is in the window, and stays once it is', () => {
  const info = { from: new Date(1_000), to: new Date(2_000), askAgainAt: new Date(0) }
  for (const before of [null, new Date(999), new Date(2_001)]) {
    const time = renewalTime(info, before).getTime()
    assert.ok(time >= 1_000 && time <= 2_000, String(time))
  }
  assert.equal(renewalTime(info, new Date(1_500)).getTime(), 1_500)
})

test('it is asked for again when Retry-After says so, in both of its forms', async () => {
  const now = new Date()
  let retryAfter = ''
  const authority = http.createServer((request, response) => {
    const suggestedWindow = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' }
    response.writeHead(200, { 'content-type': 'application/json', 'retry-after': retryAfter })
    response.end(JSON.stringify(request.url === '/dir' ? { renewalInfo: `${url}info` } : { suggestedWindow }))
  })
  authority.listen(0, '127.0.0.1')
  await once(authority, 'listening')
  const url = `http://127.0.0.1:${(authority.address() as AddressInfo).port}/`
  const seconds = async (field: string): Promise<number> => {
    retryAfter = field
    return ((await renewalInfo(`${url}dir`, EXAMPLE, now))!.askAgainAt.getTime() - now.getTime()) / 1000
  }
  try {
    assert.equal(await seconds('7200'), 7200)
    const byDate = await seconds(new Date(now.getTime() + 7_200_000).toUTCString())
    assert.ok(byDate > 7190 && byDate <= 7200, String(byDate))
    assert.deepEqual([await seconds('nonsense'), await seconds('1'), await seconds('Fri, 01 Jan 2100 00:00:00 GMT')], [21_600, 60, 86_400])
  } finally {
    authority.close()
    authority.closeAllConnections()
  }
})
