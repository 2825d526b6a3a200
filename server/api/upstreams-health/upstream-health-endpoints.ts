import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { readHealth } from '../../health/health-store.ts'
import { UpstreamHealth, upstreamHealth } from '../../health/upstream-health.ts'
import { currentOverrides } from '../../operation/operational-state.ts'
import { presentOverride } from '../../operation/present-override.ts'
import { contentOf, findLive } from '../../publishing/live.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { visibleContent } from '../../tenancy/visible-content.ts'

export const upstreamHealthEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/upstreams/:id/health',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'upstreams',
    summary: 'What health probes say about the targets of a live upstream',
    answers: { 200: { description: 'Every target with its state, the reason and the last probes.', schema: UpstreamHealth } },
    async handle({ deps, params, actor }) {
      const id = params['id'] ?? ''
      const upstream = visibleContent(contentOf(await findLive(deps.db)), await tenantScopeOf(deps.db, actor)).upstreams.find((one) => one.id === id)
      if (upstream === undefined) throw new AppError('not_found', { message: `There is no live upstream with the id ${id}; one that is only in the draft is not probed.` })
      const known = await readHealth(deps.redis, id).catch(() => null)
      const said = (await currentOverrides(deps.db, new Date(), id)).map(presentOverride)
      return { status: 200, body: upstreamHealth(upstream, known, said, deps.probesLocal, Date.now()) }
    }
  })
]
