import Type from 'typebox'
import { explainServed } from '../../../shared/explain/explain-served.ts'
import { compileRoutes } from '../../../shared/routing/compile-routes.ts'
import { Explanation } from '../../../shared/schema/explain.ts'
import { strictObject } from '../../../shared/schema/field.ts'
import { RecentRequest, RequestFilter } from '../../../shared/schema/recent-request.ts'
import { tenantsOf } from '../../auth/actor.ts'
import { AppError } from '../../http/app-error.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { currentOverrides, overrideOf } from '../../operation/operational-state.ts'
import { contentOf, findLive } from '../../publishing/live.ts'
import { findRequest } from '../../requests/find-request.ts'
import { listRequests, MOST_LISTED } from '../../requests/list-requests.ts'
import { isOwn, tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { visibleExplanation } from '../../tenancy/visible-explanation.ts'

/** As data nodes make them. */
const REQUEST_ID = /^[0-9a-z]{1,32}-[0-9a-z]{1,16}$/

const Found = strictObject({
  nodeId: Type.String({ description: 'The data node that served it.' }),
  request: RecentRequest,
  /** Neither its query nor its headers are kept, so criteria about these count as not met, and credentials as not known. */
  explanation: Explanation
})

export const requestEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/requests',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'Recent requests of all data nodes, newest first; those that failed, and a sample of the others',
    query: strictObject({ ...RequestFilter.properties }),
    answers: { 200: { description: `Up to ${MOST_LISTED}. Queries and headers are not kept; long paths are cut.`, schema: strictObject({ items: Type.Array(strictObject({ nodeId: Type.String(), ...RecentRequest.properties })), missing: Type.Array(Type.String(), { description: 'Nodes that are online and did not answer in time.' }) }) } },
    handle: async ({ deps, actor, query }) => ({ status: 200, body: await listRequests(deps, query, tenantsOf(actor)) })
  }),
  endpoint({
    method: 'GET',
    path: '/requests/:id',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'A recent request by its id (X-Request-Id), and why it went where it went',
    answers: { 200: { description: 'The request as its data node remembers it, and what is live says about such a request. Neither its query nor its headers are kept: criteria about these count as not met, and whether policies found credentials is not known.', schema: Found } },
    async handle({ deps, params, actor }) {
      const scope = await tenantScopeOf(deps.db, actor)
      const id = params['id'] ?? ''
      const found = !REQUEST_ID.test(id) ? null : await findRequest(deps.redis, id)
      if (found === null || (scope !== null && !isOwn(scope, found.request.tenant))) throw new AppError('not_found', { message: `No data node remembers a request with the id ${id}; a node keeps some of the last ones only.` })
      const content = contentOf(await findLive(deps.db))
      const overrides = (await currentOverrides(deps.db, new Date())).map(overrideOf)
      const explanation = explainServed(content, compileRoutes(content), found.request, overrides)
      return { status: 200, body: { ...found, explanation: visibleExplanation(explanation, content, scope) } }
    }
  })
]
