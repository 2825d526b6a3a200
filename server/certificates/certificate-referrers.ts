import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'

/** A resource that names a certificate: in the draft, or a revision that some node serves or should serve. */
export interface CertificateReferrer {
  kind: 'listeners' | 'upstreams' | 'snapshots'
  id: string
  name: string
  in: string
}

const DRAFTED = `
SELECT 'listeners' AS kind, id::text, name FROM listeners WHERE deleted_at IS NULL AND spec->>'defaultCertificateId' = $1
UNION ALL
SELECT 'upstreams' AS kind, id::text, name FROM upstreams WHERE deleted_at IS NULL AND spec#>>'{connection,tls,clientCertificateId}' = $1
ORDER BY name LIMIT 100`

const SERVED = `
SELECT revision FROM snapshots WHERE $1::uuid = ANY(certificate_ids) AND (epoch, revision) IN (
  SELECT epoch, live_revision FROM configuration UNION SELECT epoch, revision FROM desired)`

/** Everything that keeps a certificate from being deleted. */
export async function certificateReferrers(db: Database, transaction: Transaction, id: string): Promise<CertificateReferrer[]> {
  const drafted = await db.sequelize.query<{ kind: 'listeners' | 'upstreams'; id: string; name: string }>(DRAFTED, { bind: [id], type: QueryTypes.SELECT, transaction })
  const served = await db.sequelize.query<{ revision: number }>(SERVED, { bind: [id], type: QueryTypes.SELECT, transaction })
  return [
    ...drafted.map((resource) => ({ ...resource, in: 'draft' })),
    ...served.map(({ revision }) => ({ kind: 'snapshots' as const, id: String(revision), name: `revision ${revision}`, in: 'live' }))
  ]
}
