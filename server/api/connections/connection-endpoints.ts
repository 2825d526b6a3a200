import Type from 'typebox'
import { strictObject, words } from '../../../shared/schema/field.ts'
import { CloseAnswer, ConnectionsAnswer, MOST_CONNECTIONS } from '../../../shared/schema/node-question.ts'
import type { SnapshotContent } from '../../../shared/schema/snapshot.ts'
import { type ConnectionFilter, OpenConnection } from '../../../shared/schema/open-connection.ts'
import { compileDecoder } from '../../../shared/snapshot/compile-decoder.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { type Actor, actorName, tenantsOf } from '../../auth/actor.ts'
import { type AffectedConnections, affectedConnections } from '../../connections/affected-connections.ts'
import { AppError } from '../../http/app-error.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { inTransaction } from '../../in-transaction.ts'
import { equals } from '../../lists/filters.ts'
import { defineList, type ListQuery } from '../../lists/list.ts'
import { pageItems } from '../../lists/page-items.ts'
import { askEveryNode } from '../../questions/ask-every-node.ts'
import { askNodes } from '../../questions/ask-nodes.ts'
import { type TenantScope, tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { visibleIds } from '../../tenancy/visible-content.ts'
import { contentAt } from '../config/content-at.ts'

const decodeConnections = compileDecoder(ConnectionsAnswer)
const decodeClose = compileDecoder(CloseAnswer)

const missing = Type.Array(Type.String(), { description: 'Nodes that are online and did not answer in time.' })

const Affected = strictObject({
  affected: Type.Array(strictObject({
    routeId: Type.String(),
    route: Type.String(),
    because: words(['route', 'port'], { description: 'What goes: their route, or the port that they came in on.' }),
    promise: words(['keep', 'drain', 'close'], { description: 'onRemove of the route: keep leaves them open.' }),
    open: Type.Integer()
  })),
  open: Type.Integer({ description: 'All open WebSockets.' }),
  missing
})

/** The filters are the nodes' own; they leave out before they count. */
const CONNECTION_LIST = defineList({
  sortable: {
    since: { attribute: 'since', type: 'moment' },
    route: { attribute: 'route', type: 'text' },
    client: { attribute: 'client', type: 'text' },
    nodeId: { attribute: 'nodeId', type: 'text' },
    bytesIn: { attribute: 'bytesIn', type: 'number' },
    bytesOut: { attribute: 'bytesOut', type: 'number' }
  },
  sort: '-since',
  unique: { attribute: 'id', type: 'text' },
  filters: {
    routeId: equals('routeId', 'Only those of this route.', 64),
    listener: equals('listener', 'Only those that came in on the listener with this name.'),
    tenantCode: equals('tenant', 'Only those of this tenant.', 128),
    client: equals('client', 'Only those of this client address.', 64)
  }
})

function filterOf(query: ListQuery): ConnectionFilter {
  const { routeId, listener, tenantCode, client } = query as { routeId?: string; listener?: string; tenantCode?: string; client?: string }
  return Object.fromEntries(Object.entries({ routeId, listener, tenant: tenantCode, client }).filter(([, value]) => value !== undefined))
}

/** Open WebSockets are known to the data nodes only, which are asked each time. */
export const connectionEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/connections',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'connections',
    summary: 'The WebSockets that are open now, the newest first',
    query: CONNECTION_LIST.query,
    answers: { 200: { description: `Of each node the ${MOST_CONNECTIONS} newest.`, schema: strictObject({ ...pageOf(strictObject({ nodeId: Type.String(), ...OpenConnection.properties })).properties, total: Type.Integer({ description: 'Of all nodes that answered.' }), missing }) } },
    async handle({ deps, query, actor }) {
      const { answers, missing: silent } = await askEveryNode(deps, { kind: 'connections', filter: filterOf(query), ...onlyOf(actor) }, decodeConnections)
      const items = answers.flatMap(({ nodeId, connections }) => connections.map((connection) => ({ nodeId, ...connection })))
      return { status: 200, body: { ...pageItems(items, CONNECTION_LIST, query), total: answers.reduce((sum, { total }) => sum + total, 0), missing: silent } }
    }
  }),
  endpoint({
    method: 'DELETE',
    path: '/connections/:id',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'connections',
    summary: 'Close a WebSocket: both sides get code 1001 between two frames',
    answers: { 204: { description: 'It is being closed.' } },
    audits: 'connections.close',
    async handle({ deps, params, actor, requestId }) {
      const connectionId = params['id'] ?? ''
      const notFound = new AppError('not_found', { message: `No data node has a WebSocket open with the id ${connectionId}.` })
      if (!/^[0-9a-z]{1,32}-[0-9a-z]{1,16}$/.test(connectionId)) throw notFound
      const [closed] = (await askNodes(deps.redis, { kind: 'closeConnection', connectionId, ...onlyOf(actor) }, decodeClose, (answers) => answers.some((answer) => answer.closed))).filter((answer) => answer.closed)
      if (closed === undefined) throw notFound
      await inTransaction(deps.db, (transaction) => appendAudit(deps.db, transaction, { actor: actorName(actor), action: 'connections.close', kind: 'connections', resourceId: connectionId, requestId, before: { nodeId: closed.nodeId }, after: undefined }))
      return { status: 204 }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/config/affected',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'config',
    summary: 'The open WebSockets that publishing the draft would touch',
    answers: { 200: { description: 'By route and promise; those that are not named notice nothing.', schema: Affected } },
    async handle({ deps, actor }) {
      const scope = await tenantScopeOf(deps.db, actor)
      const [live, draft] = await Promise.all([contentAt(deps.db, 'live', scope), contentAt(deps.db, 'draft', scope)])
      const found = await affectedConnections(deps, draft)
      return { status: 200, body: scope === null ? found : visibleAffected(found, scope, [live, draft]) }
    }
  })
]

/** To nodes: only the WebSockets of the actor's tenants are meant. */
function onlyOf(actor: Actor): { tenants?: string[] } {
  const tenants = tenantsOf(actor)
  return tenants === null ? {} : { tenants: [...tenants] }
}

/** Only those of routes of the scope; nobody else's are counted. */
function visibleAffected({ affected, missing: silent }: { affected: AffectedConnections[]; missing: string[] }, scope: TenantScope, contents: readonly SnapshotContent[]) {
  const ids = new Set(contents.flatMap((content) => [...visibleIds(content, scope)]))
  const own = affected.filter(({ routeId }) => ids.has(routeId))
  return { affected: own, open: own.reduce((sum, { open }) => sum + open, 0), missing: silent }
}
