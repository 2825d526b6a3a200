import { Client, crypto } from 'acme-client'
import { inTransaction } from '../in-transaction.ts'
import { seal, unseal } from '../sealing/seal.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'
import type { AcmeDeps, AcmeSettings } from './acme-deps.ts'

/** What the account's key is sealed for: there is one row for each directory. */
export const SEALED_FOR = 'acme account'
const MOST_BAD_NONCES = 25

/** A client with the account of this directory, which is made when there is none yet. */
export async function acmeClient({ db }: AcmeDeps, settings: AcmeSettings, secretsKey: SecretsKey): Promise<Client> {
  const { directoryUrl, contactEmail, binding } = settings
  const options = { directoryUrl, ...(binding === null ? {} : { externalAccountBinding: binding }) }
  const known = await db.acmeAccounts.findByPk(directoryUrl)
  if (known !== null) return patient(new Client({ ...options, accountKey: unseal(secretsKey, SEALED_FOR, known.sealedKey), accountUrl: known.accountUrl }))
  const accountKey = (await crypto.createPrivateEcdsaKey()).toString()
  const client = patient(new Client({ ...options, accountKey }))
  await client.createAccount({ termsOfServiceAgreed: true, ...(contactEmail === null ? {} : { contact: [`mailto:${contactEmail}`] }) })
  return inTransaction(db, async (transaction) => {
    await db.sequelize.query('SELECT pg_advisory_xact_lock(hashtext($1))', { bind: [SEALED_FOR + directoryUrl], transaction })
    const other = await db.acmeAccounts.findByPk(directoryUrl, { transaction })
    if (other !== null) return patient(new Client({ ...options, accountKey: unseal(secretsKey, SEALED_FOR, other.sealedKey), accountUrl: other.accountUrl }))
    await db.acmeAccounts.create({ directoryUrl, accountUrl: client.getAccountUrl(), sealedKey: seal(secretsKey, SEALED_FOR, accountKey), keyId: secretsKey.id, createdAt: new Date() }, { transaction })
    return client
  })
}

/** An authority may refuse nonces for a while (RFC 8555 section 6.5); the library asks again five times only, which loses whole orders. */
function patient(client: Client): Client {
  const { http } = client as unknown as { http?: { maxBadNonceRetries?: number } }
  if (http?.maxBadNonceRetries !== undefined) http.maxBadNonceRetries = MOST_BAD_NONCES
  return client
}
