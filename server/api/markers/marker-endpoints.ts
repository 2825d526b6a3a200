import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { errorIssue } from '../../../shared/schema/issue.ts'
import { invalidRequest } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { listMarkers, Marker } from '../../markers/list-markers.ts'
import { TrafficPoint, trafficOverTime } from '../../markers/traffic-over-time.ts'

const DAY_MS = 24 * 3600_000

const moment = (description: string) => Type.Optional(Type.String({ format: 'moment', description }))

export const markerEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/traffic',
    permission: 'viewer',
    tag: 'snapshots',
    summary: 'What the fleet did over the last time, in parts of whole minutes',
    query: strictObject({ minutes: Type.String({ pattern: '^[1-9]\\d{0,3}$', form: 'a number from 1 to 9999', default: '60', description: 'How far back, 1 to 9999.' }) }),
    answers: { 200: { description: 'Up to 120 parts, the oldest first.', schema: strictObject({ points: Type.Array(TrafficPoint) }) } },
    handle: async ({ deps, query }) => ({ status: 200, body: { points: await trafficOverTime(deps.db, new Date(), Number(query.minutes)) } })
  }),
  endpoint({
    method: 'GET',
    path: '/markers',
    permission: 'viewer',
    tag: 'snapshots',
    summary: 'What was published in a time, with the traffic of the fleet before and after',
    query: strictObject({
      from: moment('From this moment on; a day before `to` by default.'),
      to: moment('Before this moment; now by default.'),
      minutes: Type.String({ pattern: '^([1-9]|[1-5]\\d|60)$', form: 'a number from 1 to 60', default: '10', description: 'Minutes of traffic on either side, 1 to 60.' })
    }),
    answers: { 200: { description: 'At most the newest 100, newest first.', schema: strictObject({ markers: Type.Array(Marker) }) } },
    async handle({ deps, query }) {
      const to = query.to === undefined ? new Date() : new Date(query.to)
      const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from)
      if (from >= to) throw invalidRequest([errorIssue('/from', 'invalid_value', 'from must be before to')])
      return { status: 200, body: { markers: await listMarkers(deps.db, { from, to }, Number(query.minutes)) } }
    }
  })
]
