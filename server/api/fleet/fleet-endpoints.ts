import Type from 'typebox'
import { strictObject, timestamp, uuid, words } from '../../../shared/schema/field.ts'
import { Desired } from '../../../shared/schema/node-api.ts'
import { fleetStatus } from '../../fleet/fleet-status.ts'
import { NODE_STATES } from '../../fleet/node-state.ts'
import { nullableTimestamp } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'

const nullable = (schema: Type.TSchema, description: string) => Type.Union([schema, Type.Null()], { description })

const FleetNode = strictObject({
  nodeId: Type.String(),
  state: words([...NODE_STATES], {
    description: 'in_sync: it serves what it should; behind: not yet; refused: it refused that and serves on what it had; unknown: silent for 5 s; drift: it serves another content than its revision has here; ahead: it serves a revision that this database does not know.'
  }),
  serving: nullable(Desired, 'As it said last.'),
  desired: nullable(Desired, 'What it should serve; null before the first publish.'),
  desiredSince: nullableTimestamp,
  lastHeartbeatAt: nullableTimestamp,
  driftSince: Type.Union([timestamp(), Type.Null()], { description: 'Since when it drifts.' })
})

const FleetStatus = strictObject({
  epoch: uuid(),
  liveRevision: Type.Integer({ minimum: 0, description: 'Published last; 0 before the first publish.' }),
  counts: strictObject(Object.fromEntries(NODE_STATES.map((state) => [state, Type.Integer({ minimum: 0 })])), { description: 'Nodes by state.' }),
  nodes: Type.Array(FleetNode)
})

export const fleetEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/fleet',
    permission: 'viewer',
    tag: 'nodes',
    summary: 'What every node serves and should serve, with one word for how it stands',
    answers: { 200: { description: 'Every node that is enrolled.', schema: FleetStatus } },
    handle: async ({ deps }) => ({ status: 200, body: await fleetStatus(deps.db, new Date()) })
  })
]
