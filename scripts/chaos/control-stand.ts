import { createExample, type OwnDatabase, publishAndWait, startOwnDatabase, startSystem, type NodeUnderTest, type System } from '../system/support/system.ts'
import type { Stand } from './stand.ts'
import { type SteeredRedis, startSteeredRedis } from './steered-redis.ts'

/** A whole control plane with a data node, whose PostgreSQL and Redis can be taken away. The good client asks that node. */
export interface ControlStand {
  readonly system: System
  readonly node: NodeUnderTest
  readonly database: OwnDatabase
  readonly redis: SteeredRedis
  readonly routeId: string
  /** What the good client asks. */
  readonly url: string
  /** Changes a route in a way that no request notices; not published. */
  edit(): Promise<void>
  metric(name: string): Promise<number>
}

/** Everything is started, published and watched by the good client; it is stopped with the stand. */
export async function startControlStand(stand: Stand): Promise<ControlStand> {
  const [database, redis] = await Promise.all([startOwnDatabase({ durable: true }), startSteeredRedis()])
  const system = await startSystem({ database, redis })
  stand.atEnd(() => system.stop())
  const node = system.nodes[0]
  if (node === undefined) throw new Error('there is no node')
  const { route } = await createExample(system, [stand.goodOrigin]) as { route: { id: string } }
  await publishAndWait(system)
  const url = `http://127.0.0.1:${node.ports.from}/good`
  stand.watch(url)
  let edits = 0
  return {
    system,
    node,
    database,
    redis,
    routeId: route.id,
    url,
    async edit() {
      await system.api.patch(`/routes/${route.id}`, { description: `edit ${++edits}` })
    },
    metric: (name) => metricOf(node.metricsUrl, name)
  }
}

/** The first sample of a metric; NaN when there is none. */
export async function metricOf(metricsUrl: string, name: string): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text()
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1])
}
