import type { DraftedRow } from '../../db/models/drafted.ts'

/** A resource as the API shows it: the spec's fields and the stored ones side by side. */
export function presentResource(row: DraftedRow): Record<string, unknown> {
  return {
    ...specOf(row),
    id: row.id,
    version: row.version,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString()
  }
}

/** The spec of a row with the fields that have columns of their own. */
export function specOf(row: DraftedRow): Record<string, unknown> {
  return { name: row.name, enabled: row.enabled, ...(row.tenantCode === null ? {} : { tenantCode: row.tenantCode }), ...row.spec }
}

/** The columns of a row for a decoded resource; the reverse of specOf. */
export function columnsOf(resource: Record<string, unknown>): { name: string; enabled: boolean; tenantCode: string | null; spec: Record<string, unknown> } {
  const { name, enabled, tenantCode, ...spec } = resource
  return { name: name as string, enabled: enabled as boolean, tenantCode: (tenantCode as string | undefined) ?? null, spec }
}
