import { QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'

/** Notes which keys a node is about to get, or has. Writes only what is new. */
export async function noteDelivery(db: Database, nodeId: string, certificates: readonly { id: string; fingerprint256: string }[], now: Date): Promise<void> {
  if (certificates.length === 0) return
  await db.sequelize.query(
    `INSERT INTO node_certificates (node_id, certificate_id, fingerprint256, delivered_at)
     SELECT $1, id, fingerprint256, $4 FROM unnest($2::uuid[], $3::text[]) AS given (id, fingerprint256)
     ON CONFLICT (node_id, certificate_id) DO UPDATE SET fingerprint256 = excluded.fingerprint256, delivered_at = excluded.delivered_at
     WHERE node_certificates.fingerprint256 <> excluded.fingerprint256`,
    { bind: [nodeId, certificates.map(({ id }) => id), certificates.map(({ fingerprint256 }) => fingerprint256), now.toISOString()] }
  )
}

/** Marks the certificates whose keys are on a node that is being revoked as due for rotation, until they get other keys. @returns their names */
export async function markExposed(db: Database, transaction: Transaction, nodeId: string, now: Date): Promise<string[]> {
  const rows = await db.sequelize.query<{ name: string }>(
    `UPDATE certificates SET exposed_fingerprint256 = certificates.fingerprint256, exposed_at = $2, exposed_by = $1
     FROM node_certificates delivered
     WHERE delivered.node_id = $1 AND delivered.certificate_id = certificates.id AND delivered.fingerprint256 = certificates.fingerprint256 AND deleted_at IS NULL
     RETURNING name`,
    { bind: [nodeId, now.toISOString()], type: QueryTypes.SELECT, transaction }
  )
  return rows.map(({ name }) => name).sort()
}
