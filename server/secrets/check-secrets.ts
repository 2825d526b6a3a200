import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import { KIND_NOUNS } from '../../shared/schema/resource.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { secretNames, secretReferences } from '../../shared/snapshot/secret-references.ts'
import { unseal } from '../sealing/seal.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'

/** A key is at least as long as the hash (RFC 7518 section 3.2). */
const HASH_BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 }

/**
 * Errors about secrets that the content names: not there, of another tenant, too short for what they sign. With a
 * transaction those that are there stay until it ends.
 */
export async function secretIssues(db: Database, secretsKey: SecretsKey | null, content: SnapshotContent, transaction?: Transaction): Promise<Issue[]> {
  const names = secretNames(content)
  if (names.length === 0) return []
  const rows = await db.secrets.findAll({ where: { name: names, deletedAt: null }, attributes: ['id', 'name', 'tenantCode', 'sealedValue'], ...(transaction ? { transaction, lock: transaction.LOCK.SHARE } : {}) })
  const known = new Map(rows.map((row) => [row.name, row]))
  const issues: Issue[] = []
  for (const { kind, name, tenantCode, path, secretName } of secretReferences(content)) {
    const secret = known.get(secretName)
    if (secret === undefined) issues.push(errorIssue(path, 'unknown_secret', `${KIND_NOUNS[kind]} "${name}": there is no secret with the name "${secretName}"; store it first`))
    else if (secret.tenantCode !== (tenantCode ?? null)) issues.push(errorIssue(path, 'tenant_mismatch', `${KIND_NOUNS[kind]} "${name}" ${tenantCode === undefined ? 'has no tenant' : `is of tenant ${tenantCode}`}, but the secret "${secretName}" ${secret.tenantCode === null ? 'has none' : `is of tenant ${secret.tenantCode}`}; a secret is used by its own tenant only`))
  }
  if (secretsKey !== null) {
    for (const [index, { name, algorithms, secretName }] of content.providers.entries()) {
      const secret = secretName === undefined ? undefined : known.get(secretName)
      const needed = Math.max(0, ...algorithms.map((algorithm) => HASH_BYTES[algorithm] ?? 0))
      if (secret !== undefined && unseal(secretsKey, secret.id, secret.sealedValue).length < needed) issues.push(errorIssue(`/providers/${index}/secretName`, 'weak_secret', `the secret of provider "${name}" is shorter than the ${needed} characters that ${algorithms.join(', ')} need`))
    }
  }
  return issues
}
