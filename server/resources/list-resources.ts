import { literal, Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { uuid } from '../../shared/schema/field.ts'
import type { DraftedKind } from '../../shared/schema/resource.ts'
import { contains, equals, type Filter, label, type Where, yesOrNo } from '../lists/filters.ts'
import { defineList, type List, type ListQuery } from '../lists/list.ts'
import { type Page, pageRows } from '../lists/page-rows.ts'
import { presentResource } from './present-resource.ts'
import type { TenantScope } from '../tenancy/tenant-scope.ts'
import { visibleResources } from '../tenancy/visible-resources.ts'

const OPTIONS = {
  sortable: {
    name: { attribute: 'name', type: 'text' },
    createdAt: { attribute: 'createdAt', type: 'moment' },
    updatedAt: { attribute: 'updatedAt', type: 'moment' }
  },
  sort: 'name',
  unique: { attribute: 'id', type: 'uuid' },
  filters: {
    q: contains('name'),
    enabled: yesOrNo('enabled', 'Only enabled or only disabled ones.'),
    tenantCode: equals('tenantCode', 'Only those of this tenant.', 128),
    label: label('spec')
  }
} as const

const drafted = defineList(OPTIONS)

/** The lists of the draft, by kind. */
export const RESOURCE_LISTS: Readonly<Record<DraftedKind, List>> = {
  listeners: drafted,
  upstreams: drafted,
  routes: defineList({ ...OPTIONS, filters: { ...OPTIONS.filters, listenerId: named('route_listeners', 'listener_id', 'Only routes on this listener.'), upstreamId: named('route_upstreams', 'upstream_id', 'Only routes that name this upstream.') } }),
  providers: drafted,
  tlsPolicies: drafted,
  policies: drafted
}

/** One page of the draft's resources of a kind that the scope may see (`null`: all). */
export async function listResources(db: Database, kind: DraftedKind, query: ListQuery, scope: TenantScope | null): Promise<Page<unknown>> {
  const { items, nextCursor } = await pageRows(db.drafted[kind], RESOURCE_LISTS[kind], query, { where: [{ deletedAt: null }, await visibleResources(db, kind, scope)] })
  return { items: items.map(presentResource), nextCursor }
}

/** Routes that name a resource, by the table that protects what they name. The value is a UUID by its schema. */
function named(table: string, column: string, description: string): Filter {
  return {
    schema: uuid({ description }),
    where: (id) => ({ id: { [Op.in]: literal(`(SELECT route_id FROM ${table} WHERE ${column} = '${id}')`) } }) as Where,
    fits: () => false
  }
}
