import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '../services/wait-until.ts'
import { type FlappingOrigin, startFlappingOrigin } from '../../workers/testing/flapping-origin.ts'
import { ask, type OpenLoad, type Outcomes, startOpenLoad } from '../../workers/testing/open-load.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import type { FaultyRoute, Stand } from './stand.ts'

const PER_SECOND = 30
const REACTIVATION_SECONDS = 2
/** Nothing here takes long: refused and reset connections are known at once. */
const HANG_MS = 2_000
const RECOVER_MS = REACTIVATION_SECONDS * 1000 + 3_000

interface Case {
  path: string
  targets: number
  availability: 'HealthyOrPanic' | 'HealthyAndUnknown'
  maxEjectedPercent: number
  /** Which outcomes are right. */
  allowed: RegExp
  /** One that must be seen. */
  needed: RegExp
  /** Whether target `index` answers in second `second`. */
  isWell(index: number, second: number): boolean
}

const CASES: readonly Case[] = [
  { path: '/panic', targets: 3, availability: 'HealthyOrPanic', maxEjectedPercent: 100, allowed: /^502 origin_closed$/, needed: /^502/, isWell: () => false },
  { path: '/closed', targets: 3, availability: 'HealthyAndUnknown', maxEjectedPercent: 100, allowed: /^(502 origin_closed|503 no_available_target)$/, needed: /^503/, isWell: () => false },
  { path: '/half', targets: 4, availability: 'HealthyAndUnknown', maxEjectedPercent: 50, allowed: /^502 origin_closed$/, needed: /^502/, isWell: () => false },
  { path: '/flap', targets: 4, availability: 'HealthyOrPanic', maxEjectedPercent: 50, allowed: /^(200|502 (origin_closed|stale_connection))$/, needed: /^200$/, isWell: (index, second) => index < 2 || (index + second) % 2 === 0 },
  { path: '/flap-all', targets: 3, availability: 'HealthyOrPanic', maxEjectedPercent: 100, allowed: /^(200|502 (origin_closed|stale_connection))$/, needed: /^200$/, isWell: (_index, second) => second % 2 === 0 }
]

export const promise: ChaosPromise = {
  title: 'all targets fail; targets flap every second',
  seconds: 300,
  async run(stand) {
    const origins = await Promise.all(CASES.map(({ targets }) => Promise.all(Array.from({ length: targets }, () => startFlappingOrigin(false)))))
    for (const origin of origins.flat()) stand.atEnd(() => origin.stop())
    await stand.start()
    await stand.publish(CASES.map((one, index) => routeOf(one, origins[index]!)))
    let second = 0
    const flap = (): void => {
      second++
      for (const [index, one] of CASES.entries()) for (const [target, origin] of origins[index]!.entries()) origin.isWell = one.isWell(target, second)
    }
    flap()
    const flapping = setInterval(flap, 1000)
    stand.atEnd(() => clearInterval(flapping))
    const loads = CASES.map(({ path }) => startOpenLoad(urlOf(stand, path), PER_SECOND))
    const from = performance.now()
    const most = await watchEjections(stand)
    const seconds = (performance.now() - from) / 1000
    clearInterval(flapping)
    await checkOutcomes(stand, loads)
    await checkEjections(stand, most, seconds)
    for (const origin of origins.flat()) origin.isWell = true
    await checkRecovery(stand)
  }
}

function routeOf({ path, availability, maxEjectedPercent }: Case, origins: readonly FlappingOrigin[]): FaultyRoute {
  const passive = { policy: { policy: 'ConsecutiveFailures', failures: 3 }, reactivationSeconds: REACTIVATION_SECONDS, maxEjectedPercent }
  return { path, targets: origins.map(({ address }) => address), upstream: { name: path, availability, healthCheck: { passive } } }
}

function urlOf({ port }: Stand, path: string): string {
  return `http://127.0.0.1:${port}${path}`
}

/** Runs until the good client has seen enough. @returns the most targets of each upstream that were out at once. */
async function watchEjections(stand: Stand): Promise<Map<string, number>> {
  const most = new Map<string, number>()
  await stand.underWatch(async () => {
    for (let count = 0; count < 20; count++) {
      const { ejected } = await (await fetch(`${stand.place.metricsUrl}/targets`)).json() as { ejected: { upstreamName: string }[] }
      for (const { path } of CASES) most.set(path, Math.max(most.get(path) ?? 0, ejected.filter(({ upstreamName }) => upstreamName === path).length))
      await sleep(100)
    }
  })
  return most
}

async function checkOutcomes(stand: Stand, loads: readonly OpenLoad[]): Promise<void> {
  for (const [index, { path, allowed, needed, availability }] of CASES.entries()) {
    const { counts, longestMs }: Outcomes = await loads[index]!.stop()
    const seen = Object.keys(counts)
    const isMet = seen.every((outcome) => allowed.test(outcome)) && seen.some((outcome) => needed.test(outcome)) && longestMs < HANG_MS
    stand.check(`${path} (${availability}) answers as configured, never hangs`, isMet, `${JSON.stringify(counts)}, longest ${longestMs.toFixed(0)} ms`)
  }
}

async function checkEjections(stand: Stand, most: ReadonlyMap<string, number>, seconds: number): Promise<void> {
  const isBounded = CASES.every(({ path, targets, maxEjectedPercent }) => (most.get(path) ?? 0) <= Math.floor((targets * maxEjectedPercent) / 100))
  const total = await stand.place.metric('gateway_target_ejections_total')
  const bound = CASES.reduce((sum, { targets }) => sum + targets, 0) * Math.ceil(seconds / REACTIVATION_SECONDS + 1)
  stand.check('ejections are bounded', isBounded && total > 0 && total <= bound, `at most out at once: ${[...most].map(([path, count]) => `${path} ${count}`).join(', ')}; ${total} in ${seconds.toFixed(0)} s (bound ${bound})`)
}

/** All targets answer again: so does every route. */
async function checkRecovery(stand: Stand): Promise<void> {
  const from = performance.now()
  const isBack = async (path: string): Promise<boolean> => {
    for (let count = 0; count < 10; count++) if (await ask(urlOf(stand, path), false, HANG_MS) !== '200') return false
    return true
  }
  const waits = CASES.map(async ({ path }) => {
    await waitUntil(() => isBack(path), { ms: 2 * RECOVER_MS, what: path, everyMs: 100 }).catch(() => {})
    return performance.now() - from
  })
  const longest = Math.max(...await Promise.all(waits))
  stand.check('targets that are well again are used', longest <= RECOVER_MS, `all routes after ${longest.toFixed(0)} ms (reactivation ${REACTIVATION_SECONDS} s)`)
}
