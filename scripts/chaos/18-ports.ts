import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Ack } from '../../shared/schema/node-api.ts'
import { portState } from '../../workers/testing/steady-load.ts'
import { startOrigin } from '../../workers/testing/test-origin.ts'
import { freePort } from '../services/free-port.ts'
import { startRedis } from '../services/redis.ts'
import { waitUntil } from '../services/wait-until.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { percentile } from './percentile.ts'
import type { Stand } from './stand.ts'

const WITHIN_MS = 1_000
const ROUNDS = 10
/** A port in use is tried again so often. */
const RETRY_MS = 5_000

export const promise: ChaosPromise = {
  title: 'ports: added, removed, taken by another program, wanted by a second node',
  seconds: 420,
  async run(stand) {
    const [origin, redis] = await Promise.all([startOrigin('hello'), startRedis()])
    stand.atEnd(() => Promise.all([origin.stop(), redis.stop()]).then(() => {}))
    const publisher = new Redis(redis.url)
    stand.atEnd(() => publisher.disconnect())
    stand.api.announceBy(publisher)
    await stand.start({ REDIS_URL: redis.url })
    const publish = (...ports: number[]): Promise<Ack> => stand.publish([{ path: '/', targets: [origin.address] }], {}, { listeners: ports.map((port) => ({ port })) })
    await publish()
    const other = stand.port + 1
    const opened: number[] = []
    const closed: number[] = []
    const retried: number[] = []
    const reports: Ack[] = []
    await stand.underWatch(async (round) => {
      if (round > 0) return sleep(200)
      for (let count = 0; count < ROUNDS; count++) {
        opened.push(await timeUntil(other, 'serves', () => void publish(other)))
        closed.push(await timeUntil(other, 'ECONNREFUSED', () => void publish()))
      }
      await takePort(stand, publish, reports, retried)
    })
    const median = (times: number[]): number => percentile(times.toSorted((a, b) => a - b), 0.5)
    for (const [what, times] of [['an added port serves', opened], ['a removed port refuses', closed]] as const) {
      stand.check(`${what} within 1 s`, median(times) <= WITHIN_MS, `median ${median(times).toFixed(0)} ms of ${times.length}, longest ${Math.max(...times).toFixed(0)} ms`)
    }
    const issues = reports.flatMap((ack) => ack.issues.map(({ path, code }) => `${path} ${code}`))
    stand.check('a port that another program has is reported by itself, the rest applies', reports[0]?.result === 'applied_with_issues' && issues.length === 1 && issues[0] === '/listeners/1/port port_in_use', `${reports[0]?.result}: ${issues.join(', ')}`)
    stand.check('it is tried again every 5 s', retried[0]! <= RETRY_MS + WITHIN_MS, `served ${(retried[0]! / 1000).toFixed(1)} s after it was free`)
    await checkSecondNode(stand)
  }
}

/** Milliseconds from `change` until a new connection to the port meets with this. */
async function timeUntil(port: number, state: string, change: () => void): Promise<number> {
  const from = performance.now()
  change()
  await waitUntil(async () => await portState(port) === state, { ms: 20_000, what: `port ${port}: ${state}`, everyMs: 5 })
  return performance.now() - from
}

async function takePort(stand: Stand, publish: (...ports: number[]) => Promise<Ack>, reports: Ack[], retried: number[]): Promise<void> {
  const foreign = net.createServer().listen(0, '0.0.0.0')
  await once(foreign, 'listening')
  stand.atEnd(() => void foreign.close())
  const { port } = foreign.address() as net.AddressInfo
  const beside = stand.port + 2
  reports.push(await publish(port, beside))
  if (await portState(beside) !== 'serves') throw new Error('the port beside the one in use does not serve')
  foreign.close()
  await once(foreign, 'close')
  retried.push(await timeUntil(port, 'serves', () => {}))
}

async function checkSecondNode({ place, port, check }: Stand): Promise<void> {
  const second = place.spawn({ DATA_DIR: `${place.dataDir}-2`, METRICS_ADDR: `127.0.0.1:${await freePort()}` })
  const code = await second.exited
  const said = second.lines.find((line) => !line.startsWith('{')) ?? ''
  check('a second node with the same range refuses to start and says why', code === 1 && said.includes(`port ${port}`), `exit ${code}: ${said.slice(0, 60)}...`)
  check('the first one serves on', await portState(port) === 'status 404' || await portState(port) === 'serves', `port ${port}: ${await portState(port)}`)
}
