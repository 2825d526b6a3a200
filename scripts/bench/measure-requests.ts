import { LOAD_CPU, type Bench } from './bench.ts'
import { budgetCell, type BudgetLine } from './budget.ts'
import type { Contestant, RunningProxy } from './contestant.ts'
import { GATEWAY, NGINX } from './contestants.ts'
import { cpuMicroseconds } from './cpu-time.ts'
import { pathsOf, prefixesOf, withLineUp, type Lined } from './line-up.ts'
import { medianBy } from './median.ts'
import { startNginxOrigin } from './nginx.ts'
import { type LoadPlan, type LoadResult, runLoad } from './wrk.ts'

const CONNECTIONS = 32
const WARM_UP_SECONDS = 2
/** Of each run: the shorter they are, the more alike is the machine for those that are compared. */
const TURNS = 3

export interface Measurement {
  perSecond: number
  /** Microseconds of CPU for each request, whole process tree. */
  cpu: number
  /** Milliseconds. */
  p50: number
  p99: number
}

export interface RequestsPlan {
  name: string
  contestants: readonly Contestant[]
  routes: number
  answerBytes: number
  postBytes?: number
  isClosing?: boolean
  isSecure?: boolean
  /** Another origin than nginx. */
  origin?: () => Promise<RunningProxy>
  /** Another load than that of wrk. */
  runLoad?: (plan: LoadPlan) => Promise<LoadResult>
  /** Of every request. */
  headers?: Readonly<Record<string, string>>
  /** Asked for in turn; one below each prefix unless given. */
  paths?: readonly string[]
}

/** The turns of each contestant by its name, in their order. */
export type RunsByName = ReadonlyMap<string, readonly Measurement[]>

export const REQUESTS_HEAD = ['Case', 'Proxy', 'CPU us/request', 'lowest to highest', 'Requests/s', 'p50 ms', 'p99 ms', 'CPU, ratio to nginx', 'Budget'] as const
export const REQUESTS_TEXT = `wrk with ${CONNECTIONS} connections; each line is the turn with the median CPU time, each ratio the median of those of the rounds of turns.`

/** Warms every contestant up, then loads them in turn, round by round. */
export function measureRequests(bench: Bench, plan: RequestsPlan): Promise<RunsByName> {
  const prefixes = prefixesOf(plan.routes)
  const origin = plan.origin ?? (() => startNginxOrigin(bench.folder, plan.answerBytes))
  bench.say(`${plan.name}: starting`)
  return withLineUp(bench, { origin, contestants: plan.contestants, prefixes }, async (lined) => {
    const runs = new Map<string, Measurement[]>(lined.map(({ contestant }) => [contestant.name, []]))
    const load = ({ contestant, proxy }: Lined, seconds: number) => (plan.runLoad ?? runLoad)({ ...plan, port: proxy.port, paths: plan.paths ?? pathsOf(prefixes.slice(0, contestant.mostRoutes)), folder: bench.folder, connections: CONNECTIONS, seconds, cpu: LOAD_CPU, signal: bench.signal })
    for (const one of lined) {
      bench.say(`${plan.name}: warming up ${one.contestant.name}`)
      await load(one, bench.isQuick ? 1 : WARM_UP_SECONDS)
    }
    const turns = bench.isQuick ? 1 : TURNS
    for (let round = 0; round < bench.runs * turns; round++) {
      for (const one of lined) {
        const { name } = one.contestant
        const before = cpuMicroseconds(one.proxy.pid)
        const { requests, perSecond, p50, p99 } = await load(one, bench.seconds / turns)
        const cpu = (cpuMicroseconds(one.proxy.pid) - before) / requests
        runs.get(name)?.push({ cpu, perSecond, p50, p99 })
        bench.say(`${plan.name}: ${name} ${cpu.toFixed(1)} us/request, ${Math.round(perSecond)} requests/s`)
      }
    }
    return runs
  })
}

/**
 * CPU time of one contestant for each microsecond of another: the median of the rounds. The machine's speed changes from
 * minute to minute, so only what ran side by side is compared.
 */
export function cpuRatio(runs: RunsByName, name: string, other: string): number {
  const others = runs.get(other) ?? []
  const ratios = (runs.get(name) ?? []).map(({ cpu }, round) => cpu / (others[round]?.cpu ?? NaN))
  return medianBy(ratios, (ratio) => ratio)
}

export function ratioToNginx(runs: RunsByName): number {
  return cpuRatio(runs, GATEWAY, NGINX)
}

/** The lines of one table for REQUESTS_HEAD; the budget is this gateway's. */
export function requestRows(title: string, runs: RunsByName, budget?: BudgetLine): string[][] {
  return [...runs].map(([name, all]) => {
    const { cpu, perSecond, p50, p99 } = medianBy(all, (one) => one.cpu)
    const every = all.map((run) => run.cpu)
    const range = `${Math.min(...every).toFixed(1)} to ${Math.max(...every).toFixed(1)}`
    return [title, name, cpu.toFixed(1), range, Math.round(perSecond).toLocaleString('en'), milliseconds(p50), milliseconds(p99), cpuRatio(runs, name, NGINX).toFixed(2), name === GATEWAY ? budgetCell(budget) : '']
  })
}

function milliseconds(value: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(2)
}
