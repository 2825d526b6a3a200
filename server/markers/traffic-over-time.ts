import Type from 'typebox'
import type { Database } from '../../db/database.ts'
import { strictObject, timestamp } from '../../shared/schema/field.ts'
import { Traffic, trafficIn } from './traffic-between.ts'

const MINUTE_MS = 60_000
/** More would not be told apart in a picture. */
const MOST_POINTS = 120

/** What the fleet did in a part of a time. */
export const TrafficPoint = strictObject({ at: timestamp({ description: 'When the part begins.' }), traffic: Type.Union([Traffic, Type.Null()], { description: 'null without samples.' }) })
export type TrafficPoint = Type.Static<typeof TrafficPoint>

/** The last `minutes` before `now`, part by part, oldest first; the parts are whole minutes, and the present one is left out. */
export async function trafficOverTime(db: Database, now: Date, minutes: number): Promise<TrafficPoint[]> {
  const step = Math.ceil(minutes / MOST_POINTS) * MINUTE_MS
  const end = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS
  const count = Math.ceil((minutes * MINUTE_MS) / step)
  const begins = Array.from({ length: count }, (_, index) => end - (count - index) * step)
  const traffic = await trafficIn(db, begins.map((from) => ({ from: new Date(from), to: new Date(from + step) })))
  return begins.map((from, index) => ({ at: new Date(from).toISOString(), traffic: traffic[index] ?? null }))
}
