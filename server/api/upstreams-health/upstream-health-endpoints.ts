import Type from 'typebox'
import { strictObject } from '../../../shared/schema/field.ts'
import { TargetsAnswer } from '../../../shared/schema/node-question.ts'
import type { SnapshotContent } from '../../../shared/schema/snapshot.ts'
import { TargetLoad } from '../../../shared/schema/target-load.ts'
import { compileDecoder } from '../../../shared/snapshot/compile-decoder.ts'
import { readHealth } from '../../health/health-store.ts'
import { UpstreamHealth, upstreamHealth } from '../../health/upstream-health.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint, type EndpointRequest } from '../../http/endpoint.ts'
import { currentOverrides } from '../../operation/operational-state.ts'
import { presentOverride } from '../../operation/present-override.ts'
import { contentOf, findLive } from '../../publishing/live.ts'
import { askEveryNode } from '../../questions/ask-every-node.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { visibleContent } from '../../tenancy/visible-content.ts'

const decodeTargets = compileDecoder(TargetsAnswer)

export const upstreamHealthEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/upstreams/:id/health',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'upstreams',
    summary: 'What health probes say about the targets of a live upstream',
    answers: { 200: { description: 'Every target with its state, the reason and the last probes.', schema: UpstreamHealth } },
    async handle(request) {
      const { deps } = request
      const upstream = await findLiveUpstream(request)
      const known = await readHealth(deps.redis, upstream.id).catch(() => null)
      const said = (await currentOverrides(deps.db, new Date(), upstream.id)).map(presentOverride)
      return { status: 200, body: upstreamHealth(upstream, known, said, deps.probesLocal, Date.now()) }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/upstreams/:id/load',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'upstreams',
    summary: 'What each node does with the targets of a live upstream now',
    answers: {
      200: {
        description: 'As the nodes answer this moment.',
        schema: strictObject({ items: Type.Array(strictObject({ nodeId: Type.String(), ...TargetLoad.properties })), missing: Type.Array(Type.String(), { description: 'Nodes that are online and did not answer in time.' }) })
      }
    },
    async handle(request) {
      const { id } = await findLiveUpstream(request)
      const { answers, missing } = await askEveryNode(request.deps, { kind: 'targets', upstreamId: id }, decodeTargets)
      return { status: 200, body: { items: answers.flatMap(({ nodeId, targets }) => targets.map((target) => ({ nodeId, ...target }))), missing } }
    }
  })
]

/** @throws AppError not_found where it is not live, or not there for the person */
async function findLiveUpstream({ deps, params, actor }: Pick<EndpointRequest, 'deps' | 'params' | 'actor'>): Promise<SnapshotContent['upstreams'][number]> {
  const id = params['id'] ?? ''
  const upstream = visibleContent(contentOf(await findLive(deps.db)), await tenantScopeOf(deps.db, actor)).upstreams.find((one) => one.id === id)
  if (upstream === undefined) throw new AppError('not_found', { message: `There is no live upstream with the id ${id}; one that is only in the draft is neither probed nor served.` })
  return upstream
}
