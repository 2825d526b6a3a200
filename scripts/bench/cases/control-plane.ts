import { startSystem, type System } from '../../system/support/system.ts'
import { EVERY_CPU, LOAD_CPU, type Bench, type BenchCase } from '../bench.ts'
import { budgetCell, judge, type BudgetLine } from '../budget.ts'
import { pinTo } from '../cpu-time.ts'
import { medianBy } from '../median.ts'

const ROUTES = 10_000
const RUNS = 9
const QUICK_RUNS = 3

/** What a person or a program asks of a control plane with many routes. */
interface Task {
  what: string
  /** In milliseconds; without it the figure is only shown. */
  most?: number
  /** `run` counts from 0, so that each run changes something. */
  perform(system: System, run: number): Promise<unknown>
}

const TASKS: readonly Task[] = [
  { what: 'A list page of 100 routes', most: 100, perform: ({ api }) => api.must('GET', '/routes') },
  { what: 'The last list page of 100 routes, by the time of change', most: 100, perform: ({ api }) => api.must('GET', '/routes?sort=-updatedAt&label=part=9') },
  { what: 'A list page of the routes whose name contains a text', most: 100, perform: ({ api }) => api.must('GET', '/routes?q=99') },
  { what: 'A list page of 100 rows of the audit', most: 100, perform: ({ api }) => api.must('GET', '/audit') },
  { what: 'Validate the draft', most: 1_000, perform: ({ api }) => api.must('POST', '/config/validate', {}) },
  { what: 'Publish after one route changed, without its validation', most: 2_000, perform: publishOnce },
  { what: 'The differences of the draft from what is live', perform: ({ api }) => api.must('GET', '/config/diff') },
  { what: 'The differences of two revisions', perform: ({ api }, run) => api.must('GET', `/config/diff?from=1&to=${run + 2}`) },
  { what: 'A label for all 10,000 routes at once', perform: ({ api }, run) => api.must('POST', '/routes:bulk', { action: 'label', filter: {}, expectedCount: ROUTES, labels: { run: String(run) } }) },
  { what: 'The differences of 10,000 changed routes', perform: ({ api }) => api.must('GET', '/config/diff') }
]

export const controlPlane: BenchCase = {
  name: 'control-plane',
  summary: 'lists, validation, publish, differences and bulk changes of 10,000 routes',
  async measure(bench) {
    pinTo(EVERY_CPU, process.pid)
    const system = await startSystem({ nodes: 0 })
    try {
      await createRoutes(system)
      const rows: string[][] = []
      const budgets: BudgetLine[] = []
      for (const task of TASKS) {
        const times = await timesOf(bench, system, task)
        const median = medianBy(times, (ms) => ms)
        const budget = task.most === undefined ? undefined : judge({ what: `${task.what}, with 10,000 routes`, limit: task.most, unit: ' ms', digits: 0 }, median)
        if (budget !== undefined) budgets.push(budget)
        rows.push([task.what, median.toFixed(0), Math.min(...times).toFixed(0), Math.max(...times).toFixed(0), budgetCell(budget)])
      }
      return {
        title: 'The control plane with 10,000 routes',
        text: `control-web, Postgres and Redis, without data nodes, on both CPUs. From the request to the whole answer over HTTP, in ms; medians of ${RUNS} runs after one that is not counted.`,
        head: ['Task', 'Median', 'Shortest', 'Longest', 'Budget'],
        rows,
        budgets
      }
    } finally {
      await system.stop()
      pinTo(LOAD_CPU, process.pid)
    }
  }
}

/** All of them published, each with a label of ten. */
async function createRoutes(system: System): Promise<void> {
  const { api } = system
  const routes = Array.from({ length: ROUTES }, (_, index) => ({ name: `route ${index}`, isGlobal: true, upstream: 'app', labels: { part: String(index % 10) }, match: { path: { type: 'prefix', value: `/service-${index}` } } }))
  const file = { format: 'open-gateway/1', listeners: [{ name: 'web', protocol: 'http', port: 20_000 }], upstreams: [{ name: 'app', targets: [{ id: 'a', address: 'http://127.0.0.1:9' }] }], routes }
  await api.must('POST', '/config/import', { text: JSON.stringify(file), format: 'json' })
  const { status, body } = await api.publish('all of them')
  if (status !== 201) throw new Error(`publish answered ${status}: ${JSON.stringify(body)}`)
}

async function timesOf(bench: Bench, system: System, { what, perform }: Task): Promise<number[]> {
  const times: number[] = []
  const runs = bench.isQuick ? QUICK_RUNS : RUNS
  for (let run = 0; run <= runs; run++) {
    bench.signal.throwIfAborted()
    const from = performance.now()
    const own = await perform(system, run)
    times.push(typeof own === 'number' ? own : performance.now() - from)
  }
  times.shift()
  bench.say(`control-plane: ${what}: ${medianBy(times, (ms) => ms).toFixed(0)} ms`)
  return times
}

/** @returns how long the publish alone took */
async function publishOnce({ api }: System, run: number): Promise<number> {
  const [{ id }] = (await api.must('GET', '/routes?limit=1')).items
  await api.patch(`/routes/${id}`, { description: `change ${run}` })
  const { draftHash, live } = await api.must('POST', '/config/validate', {})
  const from = performance.now()
  await api.must('POST', '/config/publish', { expectedRevision: live.revision, expectedDraftHash: draftHash, note: 'bench' })
  return performance.now() - from
}
