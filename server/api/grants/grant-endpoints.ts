import { Grant, GrantChange, GrantInput } from '../../../shared/schema/grant.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { contains } from '../../lists/filters.ts'
import { defineList } from '../../lists/list.ts'
import { pageRows } from '../../lists/page-rows.ts'
import { liveHandlers } from '../../resources/live-handlers.ts'
import { findGrant } from '../../tenancy/find-grant.ts'
import { ownedBy } from '../../tenancy/owned-by.ts'
import { presentGrant } from '../../tenancy/present-grant.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import { changeGrant, createGrant, removeGrant } from '../../tenancy/write-grant.ts'

const GRANT_LIST = defineList({
  sortable: {
    tenantCode: { attribute: 'tenantCode', type: 'text' },
    updatedAt: { attribute: 'updatedAt', type: 'moment' }
  },
  sort: 'tenantCode',
  unique: { attribute: 'tenantCode', type: 'text' },
  filters: { q: contains('tenantCode', 'Only tenant codes that contain this, letter case ignored.') }
})

const one = { description: 'The grant, with its version as ETag.', schema: Grant }
const live = liveHandlers({ key: 'tenantCode', find: findGrant, change: changeGrant, remove: removeGrant, present: presentGrant })

/** What admins let the people of a tenant do. Live: a grant counts from its change on. */
export const grantEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/grants',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'people',
    summary: 'List what tenants were granted',
    query: GRANT_LIST.query,
    answers: { 200: { description: 'A page of grants.', schema: pageOf(Grant) } },
    async handle({ deps: { db }, actor, query }) {
      const { items, nextCursor } = await pageRows(db.grants, GRANT_LIST, query, { where: ownedBy(await tenantScopeOf(db, actor)) })
      return { status: 200, body: { items: items.map(presentGrant), nextCursor } }
    }
  }),
  endpoint({
    method: 'GET',
    path: '/grants/:tenantCode',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'people',
    summary: 'Read what a tenant was granted',
    answers: { 200: one },
    handle: live.read
  }),
  endpoint({
    method: 'POST',
    path: '/grants',
    permission: 'admin',
    tag: 'people',
    summary: 'Grant a tenant listeners, hosts, a band of priorities and shared upstreams',
    body: GrantInput,
    answers: { 201: one },
    audits: 'grants.create',
    handle: async (request) => live.answer(201, await createGrant(request, request.body))
  }),
  endpoint({
    method: 'PATCH',
    path: '/grants/:tenantCode',
    permission: 'admin',
    tag: 'people',
    summary: 'Change what a tenant was granted: absent fields stay',
    body: GrantChange,
    needsVersion: true,
    answers: { 200: one },
    audits: 'grants.update',
    handle: live.change
  }),
  endpoint({
    method: 'DELETE',
    path: '/grants/:tenantCode',
    permission: 'admin',
    tag: 'people',
    summary: 'Take back what a tenant was granted; its routes that are live stay',
    needsVersion: true,
    answers: { 204: { description: 'Taken back.' } },
    audits: 'grants.delete',
    handle: live.remove
  })
]
