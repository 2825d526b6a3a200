import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certificateId, renewalTime } from './renewal-info.ts'

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
