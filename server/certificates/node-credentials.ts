import { createHash } from 'node:crypto'
import { QueryTypes } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { FLEET_KEY_ID, SECRET_ID_PREFIX, type SealedCredentials, type SealedSecret, TICKET_KEYS_ID, ticketDay } from '../../shared/schema/sealed.ts'
import type { Deps } from '../deps.ts'
import { AppError } from '../http/app-error.ts'
import { fleetKey } from '../sealing/fleet-key.ts'
import { sealToNode } from '../sealing/seal-to-node.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'
import { unseal } from '../sealing/seal.ts'
import { ticketKeysAround } from '../sealing/ticket-keys.ts'
import { noteDelivery } from './delivered-certificates.ts'

/** Challenges are there for seconds. */
const MOST_CHALLENGES = 1_000

const SERVED = `(epoch, revision) IN (
  (SELECT epoch, revision FROM desired WHERE node_id = $1)
  UNION SELECT (nodes.heartbeat#>>'{serving,epoch}')::uuid, (nodes.heartbeat#>>'{serving,revision}')::integer FROM nodes WHERE id = $1)`

const SECRETS = `
SELECT DISTINCT secrets.id, secrets.name, secrets.version FROM snapshots
JOIN secrets ON secrets.name = ANY(snapshots.secret_names) AND secrets.deleted_at IS NULL
WHERE ${SERVED}
ORDER BY secrets.name`

const USED = `
SELECT DISTINCT certificates.id, certificates.fingerprint256 FROM snapshots
JOIN certificates ON certificates.id = ANY(snapshots.certificate_ids) AND certificates.deleted_at IS NULL
WHERE ${SERVED}
UNION SELECT certificates.id, certificates.fingerprint256 FROM acme_names JOIN certificates ON certificates.id = certificate_id AND certificates.deleted_at IS NULL
WHERE EXISTS (SELECT FROM snapshots WHERE (acme_names.name = ANY(snapshots.acme_names) OR snapshots.acme_names IS NULL) AND ${SERVED})
ORDER BY id`

/**
 * The certificates and secrets of what a node serves and should serve, and the keys that all nodes share, sealed to it; null when it has them.
 * @throws AppError node_key_missing, secrets_key_missing
 */
export async function nodeCredentials({ db, secretsKey }: Deps, nodeId: string, have: string | undefined): Promise<SealedCredentials | null> {
  const askedAt = new Date()
  const node = await db.nodes.findByPk(nodeId, { attributes: ['sealingKey'] })
  if (node === null || node.sealingKey === null) throw new AppError('node_key_missing')
  const used = await db.sequelize.query<{ id: string; fingerprint256: string }>(USED, { bind: [nodeId], type: QueryTypes.SELECT })
  // Before anything is sent: who revokes the node from now on marks these.
  await noteDelivery(db, nodeId, used, askedAt)
  const named = await db.sequelize.query<{ id: string; name: string; version: number }>(SECRETS, { bind: [nodeId], type: QueryTypes.SELECT })
  const challenges = (await db.acmeChallenges.findAll({ order: [['token', 'ASC']], limit: MOST_CHALLENGES })).map(({ token, keyAuthorization }) => ({ token, keyAuthorization }))
  await db.nodes.update({ credentialsAt: askedAt }, { where: { id: nodeId } })
  const hash = createHash('sha256').update(JSON.stringify([node.sealingKey, secretsKey?.id, used.map(({ id, fingerprint256 }) => [id, fingerprint256]), named, challenges, ticketDay(askedAt.getTime())])).digest('hex')
  if (hash === have) return null
  if (secretsKey === null) {
    if (used.length + named.length > 0) throw new AppError('secrets_key_missing')
    return { hash, certificates: [], secrets: [], challenges }
  }
  const nodeKey = Buffer.from(node.sealingKey, 'base64')
  return {
    hash,
    certificates: await sealAll(db, secretsKey, used.map(({ id }) => id), nodeKey),
    secrets: await sealSecrets(db, secretsKey, named.map(({ id }) => id), nodeKey),
    challenges,
    fleetKey: sealToNode(FLEET_KEY_ID, { fleetKey: fleetKey(secretsKey).toString('base64') }, nodeKey),
    ticketKeys: sealToNode(TICKET_KEYS_ID, { ticketKeys: ticketKeysAround(secretsKey, ticketDay(askedAt.getTime())) }, nodeKey)
  }
}

async function sealAll(db: Database, secretsKey: SecretsKey, ids: string[], nodeKey: Buffer): Promise<SealedCredentials['certificates']> {
  const rows = await db.certificates.findAll({ where: { id: ids, deletedAt: null }, order: [['id', 'ASC']] })
  return rows.map(({ id, fingerprint256, certificatePem, sealedKey, source }) => ({
    id,
    fingerprint256,
    ...(source === 'acme' ? { byAcme: true as const } : {}),
    sealed: sealToNode(id, { certificatePem, privateKeyPem: unseal(secretsKey, id, sealedKey) }, nodeKey)
  }))
}

async function sealSecrets(db: Database, secretsKey: SecretsKey, ids: string[], nodeKey: Buffer): Promise<SealedSecret[]> {
  const rows = await db.secrets.findAll({ where: { id: ids, deletedAt: null }, order: [['name', 'ASC']] })
  return rows.map(({ id, name, sealedValue }) => ({ name, sealed: sealToNode(`${SECRET_ID_PREFIX}${name}`, { value: unseal(secretsKey, id, sealedValue) }, nodeKey) }))
}
