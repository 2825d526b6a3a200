import { Op, QueryTypes, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { AcmeNameRow } from '../../db/models/acme.ts'
import { acmeNames } from '../../shared/snapshot/acme-names.ts'
import { makeSelfSigned } from '../certificates/self-signed.ts'
import { type ReadUpload, readUpload } from '../certificates/read-upload.ts'
import { inTransaction } from '../in-transaction.ts'
import { announceCredentials } from '../publishing/announce.ts'
import { contentOf, findLive } from '../publishing/live.ts'
import { seal } from '../sealing/seal.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'
import { uuidV7 } from '../uuid-v7.ts'
import type { AcmeDeps } from './acme-deps.ts'

/** Serves until the real one is there, which is a matter of seconds where all is well. */
const PLACEHOLDER_DAYS = 7
const BY = 'job:acme'

/**
 * Gives every name that the live configuration wants a row, and a certificate of our own making until the real one is there; also
 * one whose certificate was deleted while nothing needed it. @returns the names that are due
 */
export async function prepareNames(deps: AcmeDeps, now: Date): Promise<string[]> {
  const { db, secretsKey } = deps
  if (secretsKey === null || deps.settings === null) return []
  const wanted = acmeNames(contentOf(await findLive(db)))
  if (wanted.length === 0) return []
  const served = new Set(await servedNames(deps, wanted))
  const fresh = wanted.filter((name) => !served.has(name))
  for (const name of fresh) await addName(deps, secretsKey, name, now)
  if (fresh.length > 0) await announceCredentials(deps)
  const due = await db.acmeNames.findAll({ where: { name: wanted, nextAt: { [Op.lte]: now }, lockedUntil: { [Op.or]: [null, { [Op.lt]: now }] } }, attributes: ['name'] })
  return due.map(({ name }) => name)
}

/** Those of the names that have a row and a certificate. */
async function servedNames({ db }: AcmeDeps, names: readonly string[]): Promise<string[]> {
  const rows = await db.sequelize.query<{ name: string }>('SELECT acme_names.name FROM acme_names JOIN certificates ON certificates.id = certificate_id AND deleted_at IS NULL WHERE acme_names.name = ANY($1)', { bind: [names], type: QueryTypes.SELECT })
  return rows.map(({ name }) => name)
}

/** One name that cannot be added, such as for a certificate of a person that is called the same, does not hold up the others. */
async function addName({ db, log }: AcmeDeps, secretsKey: SecretsKey, name: string, now: Date): Promise<void> {
  const read = readUpload(await makeSelfSigned([name], PLACEHOLDER_DAYS), now)
  if (!read.ok) throw new Error(`the placeholder for ${name} cannot be read`)
  try {
    await inTransaction(db, async (transaction) => {
      // Another process may look at the same time; one of them adds the name.
      await db.sequelize.query('SELECT pg_advisory_xact_lock(hashtext($1))', { bind: [`acme ${name}`], transaction })
      const known = await db.acmeNames.findByPk(name, { transaction })
      if (known === null) await create(db, transaction, secretsKey, name, read.value, now)
      else await bringBack(db, transaction, secretsKey, known, read.value, now)
    })
  } catch (error) {
    log.warn({ name, reason: (error as Error).message }, `the certificate of ${name} cannot be prepared: ${(error as Error).message}`)
  }
}

async function create(db: Database, transaction: Transaction, secretsKey: SecretsKey, name: string, placeholder: ReadUpload, now: Date): Promise<void> {
  const id = uuidV7()
  await db.certificates.create({
    id, name: `acme ${name}`, description: null, labels: {}, tenantCode: null, source: 'acme', ...columnsOf(placeholder, secretsKey, id),
    version: 1, createdBy: BY, createdAt: now, updatedBy: BY, updatedAt: now, deletedAt: null
  }, { transaction })
  await db.acmeNames.create({ name, certificateId: id, status: 'waiting', nextAt: now, updatedAt: now }, { transaction })
}

/** Its certificate is gone: it is due at once. The orders of the day count on. */
async function bringBack(db: Database, transaction: Transaction, secretsKey: SecretsKey, row: AcmeNameRow, placeholder: ReadUpload, now: Date): Promise<void> {
  const certificate = await db.certificates.findByPk(row.certificateId, { transaction, lock: transaction.LOCK.UPDATE })
  if (certificate === null || certificate.deletedAt === null) return
  await certificate.update({ ...columnsOf(placeholder, secretsKey, certificate.id), deletedAt: null, version: certificate.version + 1, updatedBy: BY, updatedAt: now }, { transaction })
  await row.update({ status: 'waiting', attempts: 0, nextAt: now, updatedAt: now }, { transaction })
}

function columnsOf({ certificatePem, privateKeyPem, facts }: ReadUpload, secretsKey: SecretsKey, id: string) {
  return { certificatePem, sealedKey: seal(secretsKey, id, privateKeyPem), keyId: secretsKey.id, facts, notAfter: new Date(facts.notAfter), fingerprint256: facts.fingerprint256 }
}
