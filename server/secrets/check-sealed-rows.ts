import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { SecretsKey } from './secrets-key.ts'

/** One line about rows that cannot be opened with the key that is set, or null when all can. */
export async function sealedRowsProblem(db: Database, key: SecretsKey | null): Promise<string | null> {
  const other = await db.certificates.findOne({ where: { deletedAt: null, ...(key === null ? {} : { keyId: { [Op.ne]: key.id } }) }, attributes: ['name', 'keyId'] })
  if (other === null) return null
  const about = `the key of the certificate "${other.name}" is sealed with the SECRETS_KEY whose id is ${other.keyId}`
  return key === null ? `SECRETS_KEY is not set, but ${about}; set it` : `SECRETS_KEY is another one (its id is ${key.id}): ${about}; set that one`
}
