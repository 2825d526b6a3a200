import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { drainNode } from '../../operation/drain-node.ts'

export const drainEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/nodes/:id/drain',
    permission: 'publisher',
    tag: 'nodes',
    summary: 'Drain a node, for maintenance: it is not ready any more, and its connections end in order',
    body: strictObject({
      closePorts: Type.Boolean({ default: false, description: 'Close its ports after its SHUTDOWN_DELAY_SECONDS. Without it new connections are served still, so that a load balancer that goes by /readyz can take its time.' }),
      reason: Type.String({ maxLength: 500, default: '', description: 'For whoever wonders.' })
    }),
    answers: { 204: { description: 'It holds until the node is undrained, over restarts of the node and of the control plane.' } },
    audits: 'nodes.drain',
    async handle({ deps, params, body, actor, requestId }) {
      await drainNode({ deps, actor, requestId }, params['id'] ?? '', body)
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'POST',
    path: '/nodes/:id/undrain',
    permission: 'publisher',
    tag: 'nodes',
    summary: 'End the drain of a node: it is ready again',
    answers: { 204: { description: 'It serves as before.' } },
    audits: 'nodes.undrain',
    async handle({ deps, params, actor, requestId }) {
      await drainNode({ deps, actor, requestId }, params['id'] ?? '', null)
      return { status: 204 }
    }
  })
]
