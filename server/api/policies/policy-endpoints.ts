import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { RefusalsAnswer } from '../../../shared/schema/node-question.ts'
import { RefusalCount } from '../../../shared/schema/refusal-count.ts'
import { compileDecoder } from '../../../shared/snapshot/compile-decoder.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { askEveryNode } from '../../questions/ask-every-node.ts'
import { findResource } from '../../resources/find-resource.ts'

const decodeRefusals = compileDecoder(RefusalsAnswer)
const { policy, reason, enforced, count } = RefusalCount.properties

/** What policies do is known to the data nodes only, which are asked each time. */
export const policyEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/policies/:id/refusals',
    permission: 'viewer',
    tag: 'policies',
    summary: 'How often a policy refused requests, by node and reason',
    answers: {
      200: {
        description: 'In mode observe: how often it would have.',
        schema: strictObject({ items: Type.Array(strictObject({ nodeId: Type.String(), policy, reason, enforced, count })), missing: Type.Array(Type.String(), { description: 'Nodes that are online and did not answer in time.' }) })
      }
    },
    async handle({ deps, params }) {
      const { id } = await findResource(deps.db, 'policies', params['id'] ?? '', null)
      const { answers, missing } = await askEveryNode(deps, { kind: 'refusals', policyId: id }, decodeRefusals)
      const items = answers.flatMap(({ nodeId, refusals }) => refusals.map((refusal) => ({ nodeId, policy: refusal.policy, reason: refusal.reason, enforced: refusal.enforced, count: refusal.count })))
      return { status: 200, body: { items: items.toSorted((a, b) => b.count - a.count), missing } }
    }
  })
]
