import type { GrantRow } from '../../db/models/grants.ts'
import type { Grant } from '../../shared/schema/grant.ts'

/** A grant as the API shows it. */
export function presentGrant(row: GrantRow): Grant {
  return {
    tenantCode: row.tenantCode,
    listenerIds: row.listenerIds,
    upstreamIds: row.upstreamIds,
    hostSuffixes: row.hostSuffixes,
    priority: { min: row.priorityMin, max: row.priorityMax },
    version: row.version,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString()
  }
}
