import { QueryTypes } from 'sequelize'
import Type from 'typebox'
import type { Database } from '../../db/database.ts'
import { strictObject } from '../../shared/schema/field.ts'
import { quantileOf } from '../../shared/traffic/quantile.ts'
import { addServed, nothingServed, type Served, servedBetween } from '../../shared/traffic/served.ts'

/** What the fleet did in a time. */
export const Traffic = strictObject({
  seconds: Type.Number({ description: 'How long the samples reach; less than the window when it is not over, or nodes were away.' }),
  nodes: Type.Integer({ description: 'Nodes with samples of this time.' }),
  requests: Type.Integer(),
  requestsPerSecond: Type.Number(),
  errors: Type.Integer({ description: 'Answers 5xx, made by a node or an origin.' }),
  errorRate: Type.Number({ description: 'Of all requests, 0 to 1.' }),
  p50Ms: Type.Union([Type.Number(), Type.Null()], { description: 'Estimated from a histogram; null without requests.' }),
  p99Ms: Type.Union([Type.Number(), Type.Null()])
})
export type Traffic = Type.Static<typeof Traffic>

export interface Window {
  from: Date
  to: Date
}

/** The first and the last sample of a node in a window, counted since one start of the node. */
interface Span {
  place: number
  node_id: string
  first_at: Date
  last_at: Date
  first: Served
  last: Served
}

const COUNTS = "jsonb_build_object('requests', requests, 'errors', errors, 'durations', durations)"
const SPANS = `
SELECT place, node_id, min(at) AS first_at, max(at) AS last_at,
  (array_agg(${COUNTS} ORDER BY at))[1] AS first, (array_agg(${COUNTS} ORDER BY at DESC))[1] AS last
FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS windows (begins, ends, place)
JOIN node_minutes ON at BETWEEN begins AND ends
GROUP BY place, node_id, started_at HAVING min(at) < max(at)`

/** The traffic of the whole fleet in each window, in their order; null where there are no samples. */
export async function trafficIn(db: Database, windows: readonly Window[]): Promise<(Traffic | null)[]> {
  if (windows.length === 0) return []
  const spans = await db.sequelize.query<Span>(SPANS, { bind: [windows.map(({ from }) => from), windows.map(({ to }) => to)], type: QueryTypes.SELECT })
  const byPlace = Map.groupBy(spans, ({ place }) => Number(place))
  return windows.map((_, index) => {
    const own = byPlace.get(index + 1)
    return own === undefined ? null : trafficOf(own)
  })
}

function trafficOf(spans: readonly Span[]): Traffic {
  const served = spans.map(({ first, last }) => servedBetween(first, last)).reduce(addServed, nothingServed())
  const begins = Math.min(...spans.map(({ first_at }) => first_at.getTime()))
  const ends = Math.max(...spans.map(({ last_at }) => last_at.getTime()))
  const seconds = (ends - begins) / 1000
  const { requests, errors, durations } = served
  return {
    seconds,
    nodes: new Set(spans.map(({ node_id }) => node_id)).size,
    requests,
    requestsPerSecond: requests / seconds,
    errors,
    errorRate: requests === 0 ? 0 : errors / requests,
    p50Ms: quantileOf(durations, 0.5)?.estimate ?? null,
    p99Ms: quantileOf(durations, 0.99)?.estimate ?? null
  }
}
