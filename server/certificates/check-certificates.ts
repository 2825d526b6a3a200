import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { certificateReferences } from '../../shared/snapshot/certificate-references.ts'

/**
 * One error for each certificate that the content names and that is not there. With a transaction those that are there
 * stay until it ends.
 */
export async function certificateIssues(db: Database, content: SnapshotContent, transaction?: Transaction): Promise<Issue[]> {
  const references = certificateReferences(content)
  if (references.length === 0) return []
  const id = [...new Set(references.map(({ certificateId }) => certificateId))]
  const rows = await db.certificates.findAll({ where: { id, deletedAt: null }, attributes: ['id'], ...(transaction ? { transaction, lock: transaction.LOCK.SHARE } : {}) })
  const known = new Set(rows.map((row) => row.id))
  return references.filter(({ certificateId }) => !known.has(certificateId)).map(({ path, certificateId }) => errorIssue(path, 'unknown_certificate', `there is no certificate with the id ${certificateId}`))
}
