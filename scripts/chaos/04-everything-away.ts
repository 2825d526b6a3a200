import { eventually } from '../system/support/eventually.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { startControlStand } from './control-stand.ts'

const SERVING_MS = 5_000
const RESTARTS = 5

export const promise: ChaosPromise = {
  title: 'control plane, Redis and PostgreSQL are down, and the node is restarted',
  seconds: 120,
  isQuick: true,
  async run(stand) {
    const { system, node, database, redis, url } = await startControlStand(stand)
    await system.web.stop()
    await redis.stop()
    await database.stopServer()
    const times: number[] = []
    for (let restart = 0; restart < RESTARTS; restart++) {
      // As after a power cut, every other time.
      if (restart % 2 === 0) {
        const worker = await node.workerPid()
        node.service.signal('SIGKILL')
        process.kill(worker, 'SIGKILL')
        await node.service.exited
      } else await node.service.stop()
      const from = performance.now()
      await Promise.all([node.start(), eventually('it serves', async () => (await fetch(url, { headers: { connection: 'close' } })).ok, 10_000 * stand.slack, 10)])
      times.push(performance.now() - from)
    }
    const longest = Math.max(...times)
    stand.check('it serves from its disk within 5 s', longest < SERVING_MS * stand.slack, `${times.map((ms) => ms.toFixed(0)).join(', ')} ms`)
  }
}
