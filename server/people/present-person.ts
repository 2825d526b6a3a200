import type { UserRow } from '../../db/models/people.ts'
import type { Person } from '../../shared/schema/person.ts'

/** A person as the API shows it. */
export function presentPerson(row: UserRow): Person {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    tenants: row.tenants ?? null,
    enabled: row.enabled,
    oneTimeUntil: row.oneTimeUntil?.toISOString() ?? null,
    lockedUntil: row.lockedUntil?.toISOString() ?? null,
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString()
  }
}
