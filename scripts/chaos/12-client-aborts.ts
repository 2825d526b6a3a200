import { ABORTS, abortRequest, startAbortedOrigin } from '../../workers/testing/aborts.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { checkLeftovers } from './leftovers.ts'
import { percentile } from './percentile.ts'
import { openFiles } from '../../workers/testing/process-facts.ts'

const COUNT = 10_000
const LIMIT_MS = 1_000
/** Over so long the aborts are spread, that the good client meets them from the first to the last sample. */
const SPREAD_SECONDS = 100
const AT_ONCE = 50

export const promise: ChaosPromise = {
  title: `${COUNT.toLocaleString('en')} clients abort`,
  seconds: 420,
  async run(stand) {
    const origin = await startAbortedOrigin()
    stand.atEnd(() => origin.stop())
    await stand.start()
    await stand.publish([{ path: '/aborted', targets: [origin.address] }])
    const filesBefore = openFiles(stand.worker)
    const times: number[] = []
    let left = COUNT
    let count = 0
    const loop = async (): Promise<void> => {
      while (left > 0) {
        left--
        const kind = ABORTS[count++ % ABORTS.length]!
        const pause = new Promise((resolve) => setTimeout(resolve, (SPREAD_SECONDS * 1000 * AT_ONCE) / COUNT))
        times.push(await abortRequest(stand.port, '/aborted', kind, String(count), origin))
        await pause
      }
    }
    // Once: a further round only waits for the last samples.
    await stand.underWatch(async (round) => {
      if (round === 0) await Promise.all(Array.from({ length: AT_ONCE }, loop))
      else await new Promise((resolve) => setTimeout(resolve, 200))
    })
    const sorted = times.toSorted((a, b) => a - b)
    const longest = sorted.at(-1) ?? NaN
    stand.check("the origin's request is aborted within 1 s", times.length === COUNT && longest <= LIMIT_MS, `${times.length} aborts, p99 ${percentile(sorted, 0.99).toFixed(0)} ms, longest ${longest.toFixed(0)} ms`)
    await checkLeftovers(stand, filesBefore)
  }
}
