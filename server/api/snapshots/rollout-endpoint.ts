import Type from 'typebox'
import { sha256Hex, strictObject, timestamp, words } from '../../../shared/schema/field.ts'
import { Ack } from '../../../shared/schema/node-api.ts'
import { tenantsOf } from '../../auth/actor.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { contentOf, findSnapshot } from '../../publishing/live.ts'
import { Hold, presentHold } from '../../publishing/holds/present-hold.ts'
import { waitForRollout } from '../../publishing/wait-for-rollout.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { visibleRollout } from '../../tenancy/visible-rollout.ts'
import { revisionFrom } from './revision-from.ts'

const STATES = ['pending', 'applied', 'applied_with_issues', 'refused'] as const

const NodeRollout = strictObject({
  nodeId: Type.String(),
  state: words([...STATES], { description: 'pending: nothing heard yet.' }),
  announcedAt: Type.Optional(timestamp({ description: 'When it became what the node should serve; absent when that is another revision by now.' })),
  ...Type.Partial(Ack).properties
})

const Rollout = strictObject({
  revision: Type.Integer(),
  sha256: sha256Hex(),
  publishedAt: timestamp(),
  state: words([...STATES], { description: 'Of all nodes together: refused when one refused or it was rolled back by itself, pending while one is or a canary is held, applied_with_issues when one has issues.' }),
  superseded: Type.Boolean({ description: 'No node should serve it any more; what is pending stays so.' }),
  hold: Type.Union([Hold, Type.Null()], { description: 'How the publish is or was held; null: it was not.' }),
  nodes: Type.Array(NodeRollout)
})

const waitSeconds = Type.String({ pattern: '^([0-9]|[1-5][0-9]|60)$', form: 'a number from 0 to 60', default: '0', description: 'Answer when the rollout has ended (not pending any more), or after so many seconds.' })

export const rolloutEndpoint: Endpoint = endpoint({
  method: 'GET',
  path: '/snapshots/:revision/rollout',
  permission: 'viewer',
  tenantScoped: true,
  tag: 'snapshots',
  summary: 'What each node did with a revision, thread by thread; waits for the end when asked to',
  query: strictObject({ waitSeconds }),
  answers: { 200: { description: 'One entry per node that should serve it or reported on it. Who is limited to tenants gets the issues about resources of these, without words.', schema: Rollout } },
  async handle({ deps, params, query, actor }) {
    const scope = await tenantScopeOf(deps.db, actor)
    const snapshot = await findSnapshot(deps.db, revisionFrom(params))
    const { hold, nodes, ...rollout } = await waitForRollout(deps.db, snapshot, Number(query.waitSeconds))
    return { status: 200, body: { ...rollout, hold: hold && (await presentHold(deps.db, hold, tenantsOf(actor))), nodes: visibleRollout(nodes, () => contentOf(snapshot), scope) } }
  }
})
