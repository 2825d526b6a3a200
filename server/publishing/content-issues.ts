import { createPublicKey } from 'node:crypto'
import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { validateContent } from '../../shared/snapshot/validate.ts'
import { certificateIssues } from '../certificates/check-certificates.ts'

/** Everything that is wrong or doubtful about a content, also what only the control plane can find out. */
export async function contentIssues(db: Database, content: SnapshotContent, transaction?: Transaction): Promise<Issue[]> {
  return [...validateContent(content), ...keyIssues(content), ...await certificateIssues(db, content, transaction)]
}

/** Keys of identity providers that no node could read. */
function keyIssues({ providers }: SnapshotContent): Issue[] {
  return providers.flatMap(({ name, enabled, key }, index) => {
    if (!enabled || key === undefined || isPublicKey(key.trim())) return []
    return [errorIssue(`/providers/${index}/key`, 'unusable_key', `the key of provider "${name}" cannot be read as PEM or JWK; give its public key once more, whole`)]
  })
}

function isPublicKey(text: string): boolean {
  try {
    createPublicKey(text.startsWith('{') ? { key: JSON.parse(text), format: 'jwk' } : text)
    return true
  } catch {
    return false
  }
}
