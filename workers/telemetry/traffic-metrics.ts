import { BOUNDS_MS, BUCKETS } from '../../shared/traffic/latency-bounds.ts'
import type { RouteTraffic } from './route-traffic.ts'
import { TRAFFIC } from './traffic-table.ts'

/** A labelled number, or a histogram of seconds. */
export interface Sample {
  labels: Record<string, string>
  value: number
}

export interface HistogramSample {
  labels: Record<string, string>
  /** Not cumulative; one more than there are bounds. */
  counts: readonly number[]
  sum: number
}

const CLASSES = ['cut', '1xx', '2xx', '3xx', '4xx', '5xx']

/** Upper bounds in seconds. */
export const BOUNDS_SECONDS = BOUNDS_MS.map((ms) => ms / 1000)

/** The traffic of a node as Prometheus shows it. */
export function trafficMetrics(traffic: readonly RouteTraffic[]): { requests: Sample[]; durations: HistogramSample[]; requestBytes: Sample[]; responseBytes: Sample[] } {
  const labelsOf = ({ tenant, route }: RouteTraffic): Record<string, string> => ({ tenant, route })
  const each = (place: number): Sample[] => traffic.map((row) => ({ labels: labelsOf(row), value: row.values[place]! }))
  return {
    requests: traffic.flatMap((row) => CLASSES.flatMap((code, index) => {
      const value = row.values[TRAFFIC.responses + index]!
      return value === 0 ? [] : [{ labels: { ...labelsOf(row), code }, value }]
    })),
    durations: traffic.map((row) => ({ labels: labelsOf(row), counts: row.values.slice(TRAFFIC.buckets, TRAFFIC.buckets + BUCKETS), sum: row.values[TRAFFIC.milliseconds]! / 1000 })),
    requestBytes: each(TRAFFIC.requestBytes),
    responseBytes: each(TRAFFIC.responseBytes)
  }
}
