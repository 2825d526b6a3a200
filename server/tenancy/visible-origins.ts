import type { ResourceChange } from '../../shared/schema/resource-change.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { isOwn, type TenantScope } from './tenant-scope.ts'

/** Changes as a scope may see them (`null`: whole): who changed what is shared is not its business. */
export function visibleOrigins(changes: ResourceChange[], contents: readonly SnapshotContent[], scope: TenantScope | null): ResourceChange[] {
  if (scope === null) return changes
  const own = new Set(contents.flatMap(({ routes, upstreams, policies }) => [...routes, ...upstreams, ...policies].filter(({ tenantCode }) => isOwn(scope, tenantCode)).map(({ id }) => id)))
  return changes.map((change) => (own.has(change.id) ? change : withoutOrigin(change)))
}

function withoutOrigin({ origin: _, fields, ...change }: ResourceChange): ResourceChange {
  return { ...change, fields: fields.map(({ origin: __, ...field }) => field) }
}
