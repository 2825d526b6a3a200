import { Op, QueryTypes } from 'sequelize'
import Type from 'typebox'
import type { Database } from '../../db/database.ts'
import { strictObject, timestamp } from '../../shared/schema/field.ts'
import { Traffic, trafficIn, type Window } from './traffic-between.ts'

const MINUTE_MS = 60_000
/** The newest of the time asked for. */
const MOST_MARKERS = 100

/** A publish or rollback, and what the fleet did before and after. */
export const Marker = strictObject({
  revision: Type.Integer(),
  at: timestamp(),
  action: Type.Union([Type.String(), Type.Null()], { description: 'As the audit names it, such as config.publish or config.rollback; null when the audit does not reach so far.' }),
  by: Type.String(),
  note: Type.String(),
  before: Type.Union([Traffic, Type.Null()], { description: 'In the minutes before; null without samples.' }),
  after: Type.Union([Traffic, Type.Null()], { description: 'In the minutes after, as far as they are over.' })
})
export type Marker = Type.Static<typeof Marker>

/** What was published in a time, newest first, with `minutes` of traffic on either side. */
export async function listMarkers(db: Database, { from, to }: Window, minutes: number): Promise<Marker[]> {
  const rows = await db.snapshots.findAll({
    where: { createdAt: { [Op.gte]: from, [Op.lt]: to } },
    attributes: ['revision', 'createdAt', 'createdBy', 'note'],
    order: [['createdAt', 'DESC']],
    limit: MOST_MARKERS
  })
  const [before, after, actions] = await Promise.all([
    trafficIn(db, rows.map(({ createdAt }) => windowBefore(createdAt, minutes))),
    trafficIn(db, rows.map(({ createdAt }) => windowAfter(createdAt, minutes))),
    actionsOf(db, rows.map(({ revision }) => String(revision)))
  ])
  return rows.map(({ revision, createdAt, createdBy, note }, index) => ({
    revision,
    at: createdAt.toISOString(),
    action: actions.get(String(revision)) ?? null,
    by: createdBy,
    note,
    before: before[index] ?? null,
    after: after[index] ?? null
  }))
}

/** Samples stand at the beginning of each minute: the one in which it was published belongs to neither side. */
function windowBefore(at: Date, minutes: number): Window {
  const to = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS
  return { from: new Date(to - minutes * MINUTE_MS), to: new Date(to) }
}

function windowAfter(at: Date, minutes: number): Window {
  const from = (Math.floor(at.getTime() / MINUTE_MS) + 1) * MINUTE_MS
  return { from: new Date(from), to: new Date(from + minutes * MINUTE_MS) }
}

/** What made each revision. */
async function actionsOf(db: Database, revisions: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.sequelize.query<{ resource_id: string; action: string }>(
    `SELECT DISTINCT ON (resource_id) resource_id, action FROM audit
     WHERE kind = 'snapshots' AND resource_id = ANY($1) AND action LIKE 'config.%' ORDER BY resource_id, sequence`,
    { bind: [revisions], type: QueryTypes.SELECT }
  )
  return new Map(rows.map(({ resource_id, action }) => [resource_id, action]))
}
