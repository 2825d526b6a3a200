import { startTcpGate } from '../../server/testing/tcp-gate.ts'
import { eventually } from '../system/support/eventually.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { metricOf, startControlStand } from './control-stand.ts'

const START_MS = 5_000

export const promise: ChaosPromise = {
  title: 'Redis is absent when a node starts',
  seconds: 120,
  isQuick: true,
  async run(stand) {
    const { system, node, redis, url } = await startControlStand(stand)
    await node.service.stop()
    await system.web.stop()
    await redis.stop()

    const from = performance.now()
    await node.start()
    await eventually('the node serves', async () => (await fetch(url)).ok, START_MS * stand.slack)
    stand.check('it serves the last good configuration', performance.now() - from < START_MS * stand.slack, `after ${(performance.now() - from).toFixed(0)} ms, Redis up: ${await metricOf(node.metricsUrl, 'gateway_redis_up')}`)

    await system.startWeb()
    const gate = await startTcpGate({ host: '127.0.0.1', port: Number(new URL(system.baseUrl).port) })
    stand.atEnd(() => gate.stop())
    await gate.set('shut')
    const waiting = await system.addNode('waiting', { CONTROL_PLANE_URL: `http://127.0.0.1:${gate.port}` })
    const { status, reason } = await readiness(waiting.metricsUrl)
    stand.check('without one it is not ready, and says why', status === 503 && reason !== '', `/readyz ${status} "${reason}"`)
    await gate.set('open')
    const since = performance.now()
    await eventually('it becomes ready', async () => (await readiness(waiting.metricsUrl)).status === 200, START_MS * stand.slack)
    stand.check('it kept trying, and gets its configuration without Redis', true, `ready ${(performance.now() - since).toFixed(0)} ms after the control plane could be reached`)
  }
}

async function readiness(metricsUrl: string): Promise<{ status: number; reason: string }> {
  const response = await fetch(`${metricsUrl}/readyz`)
  const { reason = '' } = await response.json() as { reason?: string }
  return { status: response.status, reason }
}
