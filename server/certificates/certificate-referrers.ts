import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { KEPT_REVISIONS } from '../publishing/kept-revisions.ts'

/**
 * What needs a certificate: a resource in the draft that names it, a revision that is live, pinned, or what some node should serve,
 * or the DNS name that it came for by ACME.
 */
export interface CertificateReferrer {
  kind: 'listeners' | 'upstreams' | 'tlsPolicies' | 'snapshots' | 'acme'
  id: string
  name: string
  in: string
}

const DRAFTED = `
SELECT 'listeners' AS kind, id::text, name FROM listeners WHERE deleted_at IS NULL AND spec->>'defaultCertificateId' = $1
UNION ALL
SELECT 'tlsPolicies' AS kind, id::text, name FROM tls_policies WHERE deleted_at IS NULL AND (spec->>'defaultCertificateId' = $1 OR spec->'certificateIds' ? $1)
UNION ALL
SELECT 'upstreams' AS kind, id::text, name FROM upstreams WHERE deleted_at IS NULL AND spec#>>'{connection,tls,clientCertificateId}' = $1
ORDER BY name LIMIT 100`

const SERVED = `
SELECT revision FROM snapshots WHERE $1::uuid = ANY(certificate_ids) AND (epoch, revision) IN (
  ${KEPT_REVISIONS})`

/** A pinned revision that is rolled back to gets its certificates by ACME anew. */
const BY_ACME = `
SELECT name FROM acme_names WHERE certificate_id = $1 AND EXISTS (
  SELECT FROM snapshots WHERE (acme_names.name = ANY(snapshots.acme_names) OR snapshots.acme_names IS NULL) AND (epoch, revision) IN (
    SELECT epoch, live_revision FROM configuration UNION SELECT epoch, revision FROM desired))`

/** Everything that keeps a certificate from being deleted. */
export async function certificateReferrers(db: Database, transaction: Transaction, id: string): Promise<CertificateReferrer[]> {
  const drafted = await db.sequelize.query<{ kind: 'listeners' | 'upstreams' | 'tlsPolicies'; id: string; name: string }>(DRAFTED, { bind: [id], type: QueryTypes.SELECT, transaction })
  const served = await db.sequelize.query<{ revision: number }>(SERVED, { bind: [id], type: QueryTypes.SELECT, transaction })
  const byAcme = await db.sequelize.query<{ name: string }>(BY_ACME, { bind: [id], type: QueryTypes.SELECT, transaction })
  return [
    ...drafted.map((resource) => ({ ...resource, in: 'draft' })),
    ...served.map(({ revision }) => ({ kind: 'snapshots' as const, id: String(revision), name: `revision ${revision}`, in: 'live' })),
    ...byAcme.map(({ name }) => ({ kind: 'acme' as const, id: name, name: `${name}, which needs it by ACME`, in: 'live' }))
  ]
}
