import { setTimeout as sleep } from 'node:timers/promises'
import type { ThreadResult } from '../../../shared/schema/node-api.ts'
import { eventually } from '../../system/support/eventually.ts'
import { startSystem, type System } from '../../system/support/system.ts'
import { EVERY_CPU, LOAD_CPU, type Bench, type BenchCase } from '../bench.ts'
import { budgetCell, judge, type BudgetLine } from '../budget.ts'
import { pinTo } from '../cpu-time.ts'
import { prefixesOf } from '../line-up.ts'
import { medianBy } from '../median.ts'

const COUNTS = [10, 1000, 10_000]
const CHANGES = 5
const THREADS = 2
const AT_ONCE = 8
const FIRST_DEADLINE_MS = 120_000
const DEADLINE_MS = 30_000
/** The metric looks back 5 s. */
const DELAY_WATCH_MS = 6_000
const STEP_MS = 10

/** All in milliseconds. */
interface Publish {
  validated: number
  committed: number
  /** From the commit until the control plane knows that every thread serves it. */
  applied: number
  /** How long the thread that took longest was blocked by preparing. */
  prepared: number
  /** Highest gateway_event_loop_delay_ms around it. */
  delay: number
}

interface Growing {
  system: System
  routeIds: string[]
  listenerId: string
  upstreamId: string
}

export const publish: BenchCase = {
  name: 'publish',
  summary: 'one route changed among 10, 1,000 and 10,000: until every thread serves it',
  async measure(bench) {
    pinTo(EVERY_CPU, process.pid)
    const system = await startSystem({ nodeEnv: { THREADS: String(THREADS), LOG_LEVEL: 'warn' } })
    try {
      const growing = await withoutRoutes(system)
      const rows: string[][] = []
      const budgets: BudgetLine[] = []
      for (const count of COUNTS) {
        const first = await growTo(bench, growing, count)
        rows.push(rowOf(`all ${count.toLocaleString('en')} routes new`, [first], ''))
        const changes = await changeOne(bench, growing)
        const budget = budgetOf(count, changes)
        budgets.push(budget)
        rows.push(rowOf(`1 of ${count.toLocaleString('en')} routes changed`, changes, budgetCell(budget)))
      }
      return {
        title: 'Publishing',
        text: `The whole product: control plane, Postgres, Redis and one data node of ${THREADS} threads, on both CPUs, without traffic. "Applied" runs from the answer to the publish until the control plane has the report that every thread serves the revision. "Blocked" is how long a thread spent preparing (preparedInMs of the slower thread: the sum of all pieces, between which it serves); the delay is the highest \`gateway_event_loop_delay_ms\` until 6 s after. Medians of ${CHANGES} changes, in ms.`,
        head: ['Case', 'Validate', 'Publish', 'Applied', 'Publish + applied', 'longest', 'Blocked', 'Event-loop delay', 'Budget'],
        rows,
        budgets
      }
    } finally {
      await system.stop()
      pinTo(LOAD_CPU, process.pid)
    }
  }
}

async function withoutRoutes(system: System): Promise<Growing> {
  const { api } = system
  const port = system.nodes[0]?.ports.from ?? 0
  const listener = await api.must<{ id: string }>('POST', '/listeners', { name: 'bench', protocol: 'http', port })
  const upstream = await api.must<{ id: string }>('POST', '/upstreams', { name: 'bench', targets: [{ id: 'origin', address: 'http://127.0.0.1:9' }] })
  return { system, routeIds: [], listenerId: listener.id, upstreamId: upstream.id }
}

/** Adds the routes that are missing to `count` and publishes them. */
async function growTo(bench: Bench, { system, routeIds, listenerId, upstreamId }: Growing, count: number): Promise<Publish> {
  const missing = prefixesOf(count).slice(routeIds.length)
  bench.say(`publish: adding ${missing.length.toLocaleString('en')} routes`)
  for (let from = 0; from < missing.length; from += AT_ONCE) {
    bench.signal.throwIfAborted()
    const added = await Promise.all(missing.slice(from, from + AT_ONCE).map((value) => system.api.must<{ id: string }>('POST', '/routes', {
      name: value, isGlobal: true, listenerIds: [listenerId], upstreamId, match: { path: { type: 'prefix', value } }
    })))
    routeIds.push(...added.map(({ id }) => id))
  }
  return publishOnce(bench, system, FIRST_DEADLINE_MS)
}

async function changeOne(bench: Bench, { system, routeIds }: Growing): Promise<Publish[]> {
  const changes: Publish[] = []
  for (let run = 0; run < (bench.isQuick ? 2 : CHANGES); run++) {
    const id = routeIds[Math.floor(routeIds.length / 2)]
    await system.api.patch(`/routes/${id}`, { match: { path: { type: 'prefix', value: `/changed-${routeIds.length}-${run}` } } })
    const one = await publishOnce(bench, system, DEADLINE_MS)
    changes.push(one)
    bench.say(`publish: 1 of ${routeIds.length.toLocaleString('en')} changed: applied in ${one.applied.toFixed(0)} ms, blocked ${one.prepared.toFixed(1)} ms`)
  }
  return changes
}

async function publishOnce(bench: Bench, system: System, deadlineMs: number): Promise<Publish> {
  bench.signal.throwIfAborted()
  const { api } = system
  const from = performance.now()
  const { draftHash, live } = await api.must<{ draftHash: string; live: { revision: number } | null }>('POST', '/config/validate', {})
  const validated = performance.now()
  const { revision } = await api.must<{ revision: number }>('POST', '/config/publish', { expectedRevision: live?.revision ?? 0, expectedDraftHash: draftHash, note: 'bench' })
  const committed = performance.now()
  const threads = await eventually(`every thread serves revision ${revision}`, async () => {
    const { nodes } = await api.must<{ nodes: { state: string; threads?: ThreadResult[] }[] }>('GET', `/snapshots/${revision}/rollout`)
    return nodes.every(({ state }) => state === 'applied') ? nodes.flatMap((node) => node.threads ?? []) : null
  }, deadlineMs, STEP_MS)
  const applied = performance.now()
  if (threads.length !== THREADS) throw new Error(`${threads.length} of ${THREADS} threads reported on revision ${revision}`)
  return {
    validated: validated - from,
    committed: committed - validated,
    applied: applied - committed,
    prepared: Math.max(...threads.map(({ preparedInMs }) => preparedInMs)),
    delay: await highestDelay(bench, system)
  }
}

async function highestDelay(bench: Bench, system: System): Promise<number> {
  let highest = 0
  for (const end = performance.now() + DELAY_WATCH_MS; performance.now() < end;) {
    const text = await (await fetch(`${system.nodes[0]?.metricsUrl}/metrics`)).text()
    highest = Math.max(highest, Number(/^gateway_event_loop_delay_ms (\S+)$/m.exec(text)?.[1] ?? NaN))
    await sleep(250, undefined, { signal: bench.signal })
  }
  return highest
}

function budgetOf(count: number, changes: readonly Publish[]): BudgetLine {
  const blocked = medianBy(changes, ({ prepared }) => prepared).prepared
  return judge({ what: `A thread is blocked when one of ${count.toLocaleString('en')} routes changed`, limit: 10, unit: ' ms', digits: 1 }, blocked)
}

function rowOf(name: string, all: readonly Publish[], budget: string): string[] {
  const median = (figure: (one: Publish) => number): number => figure(medianBy(all, figure))
  const whole = ({ committed, applied }: Publish): number => committed + applied
  const cells = [median((one) => one.validated), median((one) => one.committed), median((one) => one.applied), median(whole), Math.max(...all.map(whole))]
  return [name, ...cells.map((ms) => ms.toFixed(0)), median((one) => one.prepared).toFixed(1), median((one) => one.delay).toFixed(1), budget]
}
