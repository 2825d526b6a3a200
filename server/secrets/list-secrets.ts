import type { Database } from '../../db/database.ts'
import type { SecretItem } from '../../shared/schema/secret.ts'
import { contains, equals, label } from '../lists/filters.ts'
import { defineList, type ListQuery } from '../lists/list.ts'
import { type Page, pageRows } from '../lists/page-rows.ts'
import { presentSecret } from './present-secret.ts'
import { ownedBy } from '../tenancy/owned-by.ts'
import type { TenantScope } from '../tenancy/tenant-scope.ts'

export const SECRET_LIST = defineList({
  sortable: {
    name: { attribute: 'name', type: 'text' },
    createdAt: { attribute: 'createdAt', type: 'moment' },
    updatedAt: { attribute: 'updatedAt', type: 'moment' }
  },
  sort: 'name',
  unique: { attribute: 'id', type: 'uuid' },
  filters: { q: contains('name'), tenantCode: equals('tenantCode', 'Only those of this tenant.', 128), label: label('labels') }
})

/** One page of the secrets that the scope may see (`null`: all). */
export async function listSecrets(db: Database, query: ListQuery, scope: TenantScope | null): Promise<Page<SecretItem>> {
  const { items, nextCursor } = await pageRows(db.secrets, SECRET_LIST, query, { where: { deletedAt: null, ...ownedBy(scope) } })
  return { items: items.map(presentSecret), nextCursor }
}
