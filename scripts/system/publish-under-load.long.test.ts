import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startLoad } from './support/load.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { type System, createExample, publishAndWait, startSystem } from './support/system.ts'

let system: System
let origins: Origin[]

before(async () => {
  system = await startSystem()
  origins = await Promise.all([startOrigin('blue'), startOrigin('green')])
})

after(async () => {
  await system?.stop()
  await Promise.all((origins ?? []).map((origin) => origin.stop()))
})

test('a publish per 100 ms for 20 s under 500 requests/s fails no request and closes no connection', async (t) => {
  const { upstream, listener } = await createExample(system, [origins[0]?.url ?? ''])
  await publishAndWait(system)
  const load = startLoad({ url: `http://127.0.0.1:${listener.port}/`, perSecond: 500 })
  t.after(() => load.stop())
  const end = performance.now() + 20_000
  let published = 0
  let revision = 1
  while (performance.now() < end) {
    const tick = performance.now()
    const address = origins[(published + 1) % 2]?.url
    await system.api.patch(`/upstreams/${upstream.id}`, { targets: [{ id: 't1', address }], description: `change ${published}` })
    const answer = await system.api.publish(`change ${published}`)
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    revision = answer.body.revision
    published++
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 100 - (performance.now() - tick))))
  }
  await system.applied(revision)
  const report = await load.stop()
  assert.equal(report.failed, 0, report.failures.join('\n'))
  assert.equal(report.closedConnections, 0, 'no kept connection was closed')
  assert.equal(report.ok, report.sent)
  assert.ok(report.sent >= 9_000, `the load held: ${report.sent} requests`)
  assert.ok(published >= 100, `${published} publishes in 20 s`)
  assert.ok((report.bodies.get('blue') ?? 0) > 500 && (report.bodies.get('green') ?? 0) > 500, 'traffic really moved between the origins')
})
