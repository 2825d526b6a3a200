import { setTimeout as sleep } from 'node:timers/promises'
import type { Ack } from '../../shared/schema/node-api.ts'
import { contentOf, type Given, testId } from '../../shared/testing/content.ts'
import { createNodePlace, type NodePlace, type NodeProcess } from '../../workers/testing/data-node-process.ts'
import { type NodeApiServer, startNodeApiServer } from '../../workers/testing/node-api-server.ts'
import { type GoodClient, startGoodClient } from './good-client.ts'
import type { GoodReport } from './good-client-thread.ts'

/** Something that was promised, whether it held, and what was measured. */
export interface Check {
  what: string
  isMet: boolean
  measured: string
}

/** A route whose origin fails: requests on its path go to its targets. */
export interface FaultyRoute {
  path: string
  targets: readonly string[]
  upstream?: Given
  route?: Given
}

/** Listeners beside the one of the good client, and TLS policies; the first policy is testId(1). */
export interface More {
  listeners?: readonly Given[]
  tlsPolicies?: readonly Given[]
}

/** What every promise is tried on: a data node of 2 threads, its control plane's node API and a good client. */
export interface Stand {
  readonly api: NodeApiServer
  readonly place: NodePlace
  readonly node: NodeProcess
  /** The one worker process of the node. */
  readonly worker: number
  readonly port: number
  /** Address of the origin of the good client. */
  readonly goodOrigin: string
  /** Deadlines are multiplied by it: 1 where the promise itself is measured, more in tests on busy machines. */
  readonly slack: number
  readonly checks: readonly Check[]
  /** Starts the node; `launcher` as in NodePlace.start(). */
  start(env?: Record<string, string>, launcher?: readonly string[]): Promise<void>
  /** Publishes the good route on "/good" and these; waits until the node serves them. */
  publish(routes: readonly FaultyRoute[], limits?: Given, more?: More): Promise<Ack>
  check(what: string, isMet: boolean, measured: string): void
  /** The good client asks this URL from now on, and not "/good" of this stand's own node. */
  watch(url: string): void
  /** Runs `faults`, again and again until there are enough samples, and checks that the good client notices nothing. */
  underWatch(faults: (round: number) => Promise<void>): Promise<GoodReport>
  /** What the good client sees while `faults` runs once; checks nothing. */
  observe(faults: () => Promise<void>): Promise<GoodReport>
  /** Called at the end, also after a failure, the last one first. */
  atEnd(stop: () => void | Promise<void>): void
  close(): Promise<void>
}

const LEAST_P99_MS = 50
/** The control run has a fifth of the samples. */
const CONTROL_SHARE = 0.2

/** `samples`: how many requests of the good client make a verdict. */
export async function openStand(samples: number, slack = 1): Promise<Stand> {
  const api = await startNodeApiServer()
  const good: GoodClient = await startGoodClient()
  const place = await createNodePlace(api.url)
  const ends: (() => void | Promise<void>)[] = [() => api.stop(), () => good.stop(), () => place.clear()]
  const checks: Check[] = []
  let node: NodeProcess | null = null
  const port = place.ports.from
  let url = `http://127.0.0.1:${port}/good`

  const check = (what: string, isMet: boolean, measured: string): void => {
    checks.push({ what, isMet, measured })
    console.error(`  ${isMet ? 'ok    ' : 'FAILED'} ${what}: ${measured}`)
  }
  const observe = async (faults: () => Promise<void>): Promise<GoodReport> => {
    good.begin(url)
    await faults()
    return good.finish()
  }
  const enough = async (least: number): Promise<void> => {
    while (good.samples < least) await sleep(100)
  }
  return {
    api,
    place,
    port,
    goodOrigin: good.origin,
    slack,
    watch: (other) => void (url = other),
    checks,
    check,
    observe,
    get node() {
      return node!
    },
    get worker() {
      return node!.workers()[0] ?? -1
    },
    async start(env, launcher) {
      node = await place.start(env, undefined, launcher)
    },
    publish: (routes, limits, more) => api.publishAndWait(contentWith(port, good.origin, routes, limits, more)),
    async underWatch(faults) {
      const control = await observe(() => enough(samples * CONTROL_SHARE))
      const report = await observe(async () => {
        for (let round = 0; round === 0 || good.samples < samples; round++) await faults(round)
      })
      checkGood(report, control, check, slack)
      return report
    },
    atEnd: (stop) => void ends.push(stop),
    async close() {
      for (const stop of ends.splice(0).toReversed()) await stop()
    }
  }
}

function checkGood(report: GoodReport, control: GoodReport, check: Stand['check'], slack: number): void {
  const most = Math.max(2 * control.p99, LEAST_P99_MS) * slack
  const errors = Object.entries(report.errors).map(([error, count]) => `${error} x ${count}`)
  const measured = `${report.samples} samples, ${errors.join(', ') || '0 errors'}, p50 ${report.p50.toFixed(1)} ms, p99 ${report.p99.toFixed(1)} ms (at most ${most.toFixed(0)}; control ${control.p99.toFixed(1)}), longest ${report.longest.toFixed(0)} ms; past the gateway p99 ${report.directP99.toFixed(1)} ms`
  check('the good client notices nothing', errors.length === 0 && Object.keys(control.errors).length === 0 && report.p99 <= most, measured)
}

function contentWith(port: number, goodOrigin: string, routes: readonly FaultyRoute[], limits: Given = {}, { listeners = [], tlsPolicies = [] }: More = {}) {
  const path = (value: string) => ({ path: { type: 'prefix', value } })
  return contentOf({
    listeners: [{ port, limits }, ...listeners],
    tlsPolicies: [...tlsPolicies],
    upstreams: [
      { targets: [{ id: 'good', address: goodOrigin }] },
      ...routes.map(({ targets, upstream }) => ({ targets: targets.map((address, index) => ({ id: `t${index}`, address })), ...upstream }))
    ],
    routes: [
      { match: path('/good') },
      ...routes.map(({ path: value, route }, index) => ({ match: path(value), upstreamId: testId(index + 2), ...route }))
    ]
  })
}
