import { Op } from 'sequelize'
import { acmeNames } from '../../shared/snapshot/acme-names.ts'
import { makeSelfSigned } from '../certificates/self-signed.ts'
import { readUpload } from '../certificates/read-upload.ts'
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

/** Gives every name that the live configuration wants a row, and a certificate of our own making until the real one is there. @returns the names that are due */
export async function prepareNames(deps: AcmeDeps, now: Date): Promise<string[]> {
  const { db, secretsKey } = deps
  if (secretsKey === null || deps.settings === null) return []
  const wanted = acmeNames(contentOf(await findLive(db)))
  if (wanted.length === 0) return []
  const known = new Set((await db.acmeNames.findAll({ where: { name: wanted }, attributes: ['name'] })).map(({ name }) => name))
  const fresh = wanted.filter((name) => !known.has(name))
  for (const name of fresh) await addName(deps, secretsKey, name, now)
  if (fresh.length > 0) await announceCredentials(deps)
  const due = await db.acmeNames.findAll({ where: { name: wanted, nextAt: { [Op.lte]: now }, lockedUntil: { [Op.or]: [null, { [Op.lt]: now }] } }, attributes: ['name'] })
  return due.map(({ name }) => name)
}

async function addName({ db }: AcmeDeps, secretsKey: SecretsKey, name: string, now: Date): Promise<void> {
  const id = uuidV7()
  const read = readUpload(await makeSelfSigned([name], PLACEHOLDER_DAYS), now)
  if (!read.ok) throw new Error(`the placeholder for ${name} cannot be read`)
  const { certificatePem, privateKeyPem, facts } = read.value
  await inTransaction(db, async (transaction) => {
    // Another process may look at the same time; one of them adds the name.
    await db.sequelize.query('SELECT pg_advisory_xact_lock(hashtext($1))', { bind: [`acme ${name}`], transaction })
    if ((await db.acmeNames.findByPk(name, { transaction })) !== null) return
    await db.certificates.create({
      id, name: `acme ${name}`, description: null, labels: {}, tenantCode: null, source: 'acme', certificatePem, sealedKey: seal(secretsKey, id, privateKeyPem), keyId: secretsKey.id,
      facts, notAfter: new Date(facts.notAfter), fingerprint256: facts.fingerprint256, version: 1, createdBy: BY, createdAt: now, updatedBy: BY, updatedAt: now, deletedAt: null
    }, { transaction })
    await db.acmeNames.create({ name, certificateId: id, status: 'waiting', nextAt: now, updatedAt: now }, { transaction })
  })
}
