import type { CanarySettings } from '../../../shared/schema/publish.ts'
import { quantileOf } from '../../../shared/traffic/quantile.ts'
import type { Served } from '../../../shared/traffic/served.ts'
import { LEAST_EXCESS_ERRORS, LEAST_FOR_LATENCY, UNFELT_MS } from './canary-limits.ts'

type Limits = Pick<CanarySettings, 'maxErrorRateIncrease' | 'maxLatencyFactor'>

/** What got worse from before to now, in one sentence; null when nothing did beyond the limits. */
export function regressionOf(before: Served, now: Served, limits: Limits): string | null {
  return errorRegression(before, now, limits) ?? latencyRegression(before, now, limits)
}

function errorRegression(before: Served, now: Served, { maxErrorRateIncrease }: Limits): string | null {
  const rate = ({ errors, requests }: Served) => (requests === 0 ? 0 : errors / requests)
  const excess = now.errors - rate(before) * now.requests
  if (excess < LEAST_EXCESS_ERRORS || rate(now) - rate(before) <= maxErrorRateIncrease) return null
  return `answers 5xx rose from ${percent(rate(before))} to ${percent(rate(now))} (${now.errors} of ${now.requests} requests); ${percent(maxErrorRateIncrease)} more are allowed`
}

/** Only what is sure although durations are known by their buckets. */
function latencyRegression(before: Served, now: Served, { maxLatencyFactor }: Limits): string | null {
  if (before.requests < LEAST_FOR_LATENCY || now.requests < LEAST_FOR_LATENCY) return null
  const [earlier, later] = [quantileOf(before.durations, 0.99), quantileOf(now.durations, 0.99)]
  if (earlier === null || later === null || later.atLeast < earlier.atMost) return null
  if (later.estimate <= earlier.estimate * maxLatencyFactor || later.estimate - earlier.estimate <= UNFELT_MS) return null
  return `p99 rose from about ${Math.round(earlier.estimate)} ms to about ${Math.round(later.estimate)} ms; ${maxLatencyFactor} times as much is allowed`
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`
}
