import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { startEngine } from '../testing/engine-under-test.ts'
import { openFiles } from '../testing/process-facts.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'

const COUNT = 200

test(`${COUNT} connections beyond maxConnections are answered 503 and take no file descriptor for long`, async (t) => {
  const gateway = await startEngine({ targets: ['http://127.0.0.1:1'], listener: { limits: { maxConnections: 1 } } })
  const first = await connectRaw(gateway.port)
  const before = openFiles(process.pid)
  const refused: RawClient[] = []
  t.after(async () => {
    for (const client of [...refused, first]) client.destroy()
    await gateway.stop()
  })
  for (let count = 0; count < COUNT; count++) {
    const client = await connectRaw(gateway.port, { allowHalfOpen: true })
    if (count % 2 === 0) client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    refused.push(client)
  }
  for (const client of refused) await client.closed()
  assert.ok(refused.every(({ received }) => /^HTTP\/1\.1 503 [^]*\r\nX-Gateway-Error: too_many_connections\r\n/.test(received)))
  // The clients do not close their side.
  await waitUntil(() => openFiles(process.pid) <= before + COUNT, { ms: 20_000, what: 'the gateway to let go of them' })
  for (const client of [...refused, first]) client.destroy()
  await waitUntil(() => openFiles(process.pid) < before, { ms: 20_000, what: 'nothing to be left' })
})
