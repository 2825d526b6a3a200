import type { Log } from './log.ts'
import { residentBytes } from './resident-bytes.ts'
import { PRESSURE, type Signals } from './state/signals.ts'

const LOOK_MS = 250
/** Shares of the limit at which a level begins; it ends a little below. */
const HIGH = 0.8
const CRITICAL = 0.9
const BELOW = 0.05

/**
 * Watches the memory of the worker process. Near the limit idle connections are closed, and nearer still requests are
 * answered 503, so that the process lives on instead of being killed with everything it serves.
 */
export function startMemoryGuard(options: { limitBytes: number; signals: Signals; log: Log; rss?: () => number }): { stop(): void } {
  const { limitBytes, signals, log, rss = residentBytes } = options
  const timer = setInterval(() => {
    const share = rss() / limitBytes
    const before = signals.memoryPressure
    const level = pressureAt(share, before)
    if (level === before) return
    signals.memoryPressure = level
    const percent = Math.round(share * 100)
    if (level === PRESSURE.none) log.info({ percent }, 'there is enough memory again')
    else if (level === PRESSURE.critical) log.error({ percent }, 'memory is nearly used up: requests are answered 503 until there is more')
    else log.warn({ percent }, 'memory is short: idle connections are closed')
  }, LOOK_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

/** One of PRESSURE for this share of the limit; a level that was reached holds until the share is clearly below it. */
export function pressureAt(share: number, before: number): number {
  if (share >= CRITICAL - (before === PRESSURE.critical ? BELOW : 0)) return PRESSURE.critical
  return share >= HIGH - (before === PRESSURE.none ? 0 : BELOW) ? PRESSURE.high : PRESSURE.none
}
