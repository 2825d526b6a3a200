import type { AuditRow } from '../../api/types.ts'

/** What a row of the audit is about, in words a person knows: the name where the row has one, else the id. */
export function auditTarget(row: AuditRow): string {
  const name = nameIn(row.after) ?? nameIn(row.before)
  return name ?? row.resourceId
}

function nameIn(state: unknown): string | undefined {
  const name = typeof state === 'object' && state !== null ? (state as Record<string, unknown>).name : undefined
  return typeof name === 'string' ? name : undefined
}
