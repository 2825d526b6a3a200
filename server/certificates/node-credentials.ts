import { createHash } from 'node:crypto'
import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { FLEET_KEY_ID, type SealedCredentials } from '../../shared/schema/sealed.ts'
import type { Deps } from '../deps.ts'
import { AppError } from '../http/app-error.ts'
import { fleetKey } from '../secrets/fleet-key.ts'
import { sealToNode } from '../secrets/seal-to-node.ts'
import type { SecretsKey } from '../secrets/secrets-key.ts'
import { unseal } from '../secrets/seal.ts'

const USED = `
SELECT DISTINCT certificates.id, certificates.fingerprint256 FROM nodes
JOIN snapshots ON (snapshots.epoch, snapshots.revision) IN (
  (SELECT epoch, revision FROM desired WHERE node_id = nodes.id)
  UNION SELECT (nodes.heartbeat#>>'{serving,epoch}')::uuid, (nodes.heartbeat#>>'{serving,revision}')::integer)
JOIN certificates ON certificates.id = ANY(snapshots.certificate_ids) AND certificates.deleted_at IS NULL
WHERE nodes.id = $1 ORDER BY certificates.id`

/**
 * The certificates of what a node serves and should serve, and the key that all nodes share, sealed to it; null when it has them.
 * @throws AppError node_key_missing, secrets_key_missing
 */
export async function nodeCredentials({ db, secretsKey }: Deps, nodeId: string, have: string | undefined): Promise<SealedCredentials | null> {
  const node = await db.nodes.findByPk(nodeId, { attributes: ['sealingKey'] })
  if (node === null || node.sealingKey === null) throw new AppError('node_key_missing')
  const used = await db.sequelize.query<{ id: string; fingerprint256: string }>(USED, { bind: [nodeId], type: QueryTypes.SELECT })
  const hash = createHash('sha256').update(JSON.stringify([node.sealingKey, secretsKey?.id, used.map(({ id, fingerprint256 }) => [id, fingerprint256])])).digest('hex')
  if (hash === have) return null
  if (secretsKey === null) {
    if (used.length > 0) throw new AppError('secrets_key_missing')
    return { hash, certificates: [] }
  }
  const nodeKey = Buffer.from(node.sealingKey, 'base64')
  return {
    hash,
    certificates: await sealAll(db, secretsKey, used.map(({ id }) => id), nodeKey),
    fleetKey: sealToNode(FLEET_KEY_ID, { fleetKey: fleetKey(secretsKey).toString('base64') }, nodeKey)
  }
}

async function sealAll(db: Database, secretsKey: SecretsKey, ids: string[], nodeKey: Buffer): Promise<SealedCredentials['certificates']> {
  const rows = await db.certificates.findAll({ where: { id: ids, deletedAt: null }, order: [['id', 'ASC']] })
  return rows.map(({ id, fingerprint256, certificatePem, sealedKey }) => ({
    id,
    fingerprint256,
    sealed: sealToNode(id, { certificatePem, privateKeyPem: unseal(secretsKey, id, sealedKey) }, nodeKey)
  }))
}
