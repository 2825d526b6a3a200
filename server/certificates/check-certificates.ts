import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { errorIssue, type Issue, warningIssue } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { type CertificateReference, certificateReferences } from '../../shared/snapshot/certificate-references.ts'

interface Stored {
  id: string
  name: string
  isNameless: boolean
  isForClients: boolean
  /** ISO 8601. */
  notBefore: string
}

const STORED = `
SELECT id, name, facts->'domains' = '[]'::jsonb AS "isNameless", facts ? 'forClientsOnly' AS "isForClients", facts->>'notBefore' AS "notBefore"
FROM certificates WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL`

/**
 * One error for each certificate that the content names and that is not there, and warnings for those that clients of a listener
 * would not take. With a transaction those that are there stay until it ends.
 */
export async function certificateIssues(db: Database, content: SnapshotContent, transaction?: Transaction): Promise<Issue[]> {
  const references = certificateReferences(content)
  if (references.length === 0) return []
  const ids = [...new Set(references.map(({ certificateId }) => certificateId))]
  const rows = await db.sequelize.query<Stored>(transaction ? `${STORED} FOR SHARE` : STORED, { bind: [ids], type: QueryTypes.SELECT, ...(transaction ? { transaction } : {}) })
  const known = new Map(rows.map((row) => [row.id, row]))
  const now = Date.now()
  return references.flatMap((reference) => {
    const stored = known.get(reference.certificateId)
    if (stored === undefined) return [errorIssue(reference.path, 'unknown_certificate', `there is no certificate with the id ${reference.certificateId}`)]
    return reference.kind === 'upstreams' ? [] : shownIssues(reference, stored, now)
  })
}

function shownIssues({ path }: CertificateReference, { name, isNameless, isForClients, notBefore }: Stored, now: number): Issue[] {
  return [
    ...(isNameless ? [warningIssue(path, 'certificate_without_names', `the certificate "${name}" names no DNS name and no address (subjectAltName): no browser takes it, and it is never chosen by name; have it issued for names`)] : []),
    ...(isForClients ? [warningIssue(path, 'certificate_for_clients', `the extended key usage of the certificate "${name}" does not name servers (serverAuth): no browser takes it; have it issued for servers`)] : []),
    ...(Date.parse(notBefore) > now ? [warningIssue(path, 'certificate_not_yet_valid', `the certificate "${name}" is valid from ${notBefore} on: clients refuse it until then`)] : [])
  ]
}
