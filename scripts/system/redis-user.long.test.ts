import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Redis } from 'ioredis'
import { parse } from 'yaml'
import { runHere } from '../gateway/testing/run-here.ts'
import { projectRoot } from '../project-root.ts'
import { freePort } from '../services/free-port.ts'
import { eventually } from './support/eventually.ts'
import { startOrigin, type Origin } from './support/origin.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

const PASSWORD = 'of-the-node'

let system: System
let origin: Origin
let url: string

before(async () => {
  ;[system, origin] = await Promise.all([startSystem({ nodes: 0 }), startOrigin('hello')])
  url = system.redis.url.replace('redis://', `redis://node:${PASSWORD}@`)
  const admin = new Redis(system.redis.url)
  await admin.call('ACL', 'SETUSER', 'node', ...rulesOfCompose())
  await admin.quit()
})

after(async () => {
  await system?.stop()
  await origin?.stop()
})

/** What compose.yaml gives to the user of data nodes. */
function rulesOfCompose(): string[] {
  const { services } = parse(readFileSync(path.join(projectRoot, 'compose.yaml'), 'utf8'), { merge: true }) as { services: { redis: { command: string[] } } }
  const rules = /^user node (.+)$/m.exec(services.redis.command.at(-1) ?? '')?.[1]
  assert.ok(rules !== undefined)
  return rules.replace('$$NODE_REDIS_PASSWORD', PASSWORD).split(' ')
}

test('the Redis user of data nodes hears hints, reads health, answers questions, and may do nothing else', async () => {
  // It would ask by itself only after an hour.
  const node = await system.addNode('node-1', { REDIS_URL: url, POLL_INTERVAL_SECONDS: '3600' })
  // The second target refuses, so a probe tells something worth hearing.
  const { upstream } = await createExample(system, [origin.url, `http://127.0.0.1:${await freePort()}`])
  await system.api.patch(`/upstreams/${upstream.id}`, { healthCheck: { active: { enabled: true, intervalSeconds: 1, timeoutSeconds: 1, unhealthyAfter: 1 } } })
  await publishAndWait(system)
  await system.startJobs()
  await eventually('the node hears what a probe found', async () => {
    const { unhealthy } = await (await fetch(`${node.metricsUrl}/targets`)).json() as { unhealthy: unknown[] }
    return unhealthy.length === 1
  }, 20_000)
  assert.deepEqual(node.service.lines.filter((line) => /NOPERM|Redis cannot be reached/.test(line)), [])

  assert.deepEqual((await system.api.must('GET', '/connections')).missing, [], 'its answers arrive')

  const redis = new Redis(url, { enableReadyCheck: false })
  for (const command of [['GET', 'x'], ['SET', 'gateway:health:x', '1'], ['PUBLISH', 'gateway:config', '{}'], ['PUBLISH', 'gateway:health', '{}'], ['RPUSH', 'bull:x', '1'], ['FLUSHALL'], ['KEYS', '*'], ['CONFIG', 'GET', '*'], ['SUBSCRIBE', 'gateway:nodes']] as const) {
    await assert.rejects(redis.call(...command as unknown as [string]), /NOPERM/, command.join(' '))
  }
  redis.disconnect()
  const doctor = await runHere(['doctor', '--json', '--url', system.baseUrl], { env: { REDIS_URL: url, NODE_TOKEN: 'gwn_something' } })
  assert.equal(JSON.parse(doctor.stdout).find(({ what }: { what: string }) => what === 'Redis user').state, 'ok')
})
