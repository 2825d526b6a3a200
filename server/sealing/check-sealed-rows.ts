import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { SecretsKey } from './secrets-key.ts'

/** One line about rows that cannot be opened with the key that is set, or null when all can. */
export async function sealedRowsProblem(db: Database, key: SecretsKey | null): Promise<string | null> {
  const other = await otherKey(db, key)
  if (other === null) return null
  const about = `${other.what} is sealed with the SECRETS_KEY whose id is ${other.keyId}`
  return key === null ? `SECRETS_KEY is not set, but ${about}; set it` : `SECRETS_KEY is another one (its id is ${key.id}): ${about}; set that one`
}

async function otherKey(db: Database, key: SecretsKey | null): Promise<{ what: string; keyId: string } | null> {
  const sealedByOther = key === null ? {} : { keyId: { [Op.ne]: key.id } }
  const certificate = await db.certificates.findOne({ where: { deletedAt: null, ...sealedByOther }, attributes: ['name', 'keyId'] })
  if (certificate !== null) return { what: `the key of the certificate "${certificate.name}"`, keyId: certificate.keyId }
  const secret = await db.secrets.findOne({ where: { deletedAt: null, ...sealedByOther }, attributes: ['name', 'keyId'] })
  if (secret !== null) return { what: `the secret "${secret.name}"`, keyId: secret.keyId }
  const webhook = await db.webhooks.findOne({ where: sealedByOther, attributes: ['name', 'keyId'] })
  if (webhook !== null) return { what: `the secret of the webhook "${webhook.name}"`, keyId: webhook.keyId }
  const account = await db.acmeAccounts.findOne({ where: sealedByOther, attributes: ['directoryUrl', 'keyId'] })
  return account === null ? null : { what: `the key of the account at ${account.directoryUrl}`, keyId: account.keyId }
}
