import type { SecretRow } from '../../db/models/secrets.ts'
import type { SecretItem } from '../../shared/schema/secret.ts'

/** A secret as the API shows it. */
export function presentSecret(row: SecretRow): SecretItem {
  return {
    id: row.id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    labels: row.labels,
    ...(row.tenantCode === null ? {} : { tenantCode: row.tenantCode }),
    version: row.version,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString()
  }
}
