import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { KEPT_REVISIONS } from '../publishing/kept-revisions.ts'

/** A resource that names a secret: in the draft, or a revision that is live, pinned, or what some node should serve. */
export interface SecretReferrer {
  kind: 'routes' | 'providers' | 'policies' | 'snapshots'
  id: string
  name: string
  in: string
}

const DRAFTED = `
SELECT 'routes' AS kind, id::text, name FROM routes WHERE deleted_at IS NULL AND position($2 IN (spec->'transforms')::text) > 0
UNION ALL
SELECT 'providers' AS kind, id::text, name FROM providers WHERE deleted_at IS NULL AND spec->>'secretName' = $1
UNION ALL
SELECT 'policies' AS kind, id::text, name FROM policies WHERE deleted_at IS NULL AND (
  spec#>'{authorization,apiKey,keys}' @> jsonb_build_array(jsonb_build_object('secretName', $1::text)) OR
  spec#>'{authorization,basic,users}' @> jsonb_build_array(jsonb_build_object('secretName', $1::text)))
ORDER BY name LIMIT 100`

const SERVED = `
SELECT revision FROM snapshots WHERE $1 = ANY(secret_names) AND (epoch, revision) IN (
  ${KEPT_REVISIONS})`

/** Everything that keeps a secret from being deleted. */
export async function secretReferrers(db: Database, transaction: Transaction, name: string): Promise<SecretReferrer[]> {
  const drafted = await db.sequelize.query<{ kind: 'routes' | 'providers' | 'policies'; id: string; name: string }>(DRAFTED, { bind: [name, `\${secret:${name}}`], type: QueryTypes.SELECT, transaction })
  const served = await db.sequelize.query<{ revision: number }>(SERVED, { bind: [name], type: QueryTypes.SELECT, transaction })
  return [
    ...drafted.map((resource) => ({ ...resource, in: 'draft' })),
    ...served.map(({ revision }) => ({ kind: 'snapshots' as const, id: String(revision), name: `revision ${revision}`, in: 'live' }))
  ]
}
