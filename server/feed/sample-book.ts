import type { FeedMetrics, NodeSample, Traffic } from '../../shared/schema/feed.ts'
import { quantileOf } from '../../shared/traffic/quantile.ts'
import { addServed, nothingServed, type Served, servedBetween } from '../../shared/traffic/served.ts'

/** A node whose last sample is older says nothing about this second. */
const FRESH_MS = 2_500
const MOST_NODES = 1_000
/** Counts of a node are not of one moment: less time between two says nothing. */
const LEAST_GAP_MS = 200

/** What a node served between two samples. */
interface Second {
  heardAt: number
  seconds: number
  served: Served
  responses: number[]
  connections: number
  eventLoopDelayMs: number
}

interface Known {
  last: NodeSample
  second: Second | null
}

/** Makes rates of what nodes counted. `now` is that of the process, in milliseconds. */
export class SampleBook {
  readonly #known = new Map<string, Known>()

  hear(sample: NodeSample, now: number): void {
    const known = this.#known.get(sample.nodeId)
    if (known === undefined && this.#known.size >= MOST_NODES) return
    const gapMs = known === undefined ? 0 : sample.at - known.last.at
    if (known !== undefined && known.last.startedAt === sample.startedAt && gapMs < LEAST_GAP_MS) return
    this.#known.set(sample.nodeId, { last: sample, second: known !== undefined && known.last.startedAt === sample.startedAt ? between(known.last, sample, now) : null })
  }

  /** Of the fleet and of each node that told something lately; null: none did. */
  metrics(now: number): FeedMetrics | null {
    const fresh: [string, Second][] = []
    for (const [nodeId, { second }] of this.#known) {
      if (second === null) continue
      if (now - second.heardAt <= FRESH_MS) fresh.push([nodeId, second])
      else this.#known.delete(nodeId)
    }
    if (fresh.length === 0) return null
    fresh.sort(([a], [b]) => (a < b ? -1 : 1))
    return { kind: 'metrics', at: new Date(now).toISOString(), fleet: trafficOf(fresh.map(([, second]) => second)), nodes: fresh.map(([nodeId, second]) => ({ nodeId, traffic: trafficOf([second]) })) }
  }
}

function between(earlier: NodeSample, later: NodeSample, heardAt: number): Second {
  return {
    heardAt,
    seconds: (later.at - earlier.at) / 1000,
    served: servedBetween(earlier.served, later.served),
    responses: later.responses.map((count, index) => Math.max(0, count - (earlier.responses[index] ?? 0))),
    connections: later.connections,
    eventLoopDelayMs: later.eventLoopDelayMs
  }
}

function trafficOf(seconds: readonly Second[]): Traffic {
  const sum = (pick: (second: Second) => number): number => Math.round(seconds.reduce((total, second) => total + pick(second), 0) * 100) / 100
  const classRate = (place: number): number => sum(({ responses, seconds: length }) => (responses[place] ?? 0) / length)
  const served = seconds.reduce((total, second) => addServed(total, second.served), nothingServed())
  const quantile = (q: number): number | null => quantileOf(served.durations, q)?.estimate ?? null
  return {
    requestsPerSecond: sum(({ served: { requests }, seconds: length }) => requests / length),
    perSecond: { cut: classRate(0), '1xx': classRate(1), '2xx': classRate(2), '3xx': classRate(3), '4xx': classRate(4), '5xx': classRate(5) },
    errorRate: served.requests === 0 ? 0 : Math.min(1, served.errors / served.requests),
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    connections: sum(({ connections }) => connections),
    eventLoopDelayMs: seconds.reduce((most, { eventLoopDelayMs }) => Math.max(most, eventLoopDelayMs), 0)
  }
}
