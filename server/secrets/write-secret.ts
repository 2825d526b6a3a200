import type { SecretRow } from '../../db/models/secrets.ts'
import type { SecretChange, SecretUpload } from '../../shared/schema/secret.ts'
import { auditChange } from '../audit/audit-change.ts'
import { actorName } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { announceCredentials } from '../publishing/announce.ts'
import { checkVersion } from '../resources/check-version.ts'
import type { Change } from '../resources/write-resource.ts'
import { seal } from '../sealing/seal.ts'
import { secretsKeyOf } from '../sealing/secrets-key-of.ts'
import { uuidV7 } from '../uuid-v7.ts'
import { findSecret } from './find-secret.ts'
import { presentSecret } from './present-secret.ts'
import { secretReferrers } from './secret-referrers.ts'
import { visibleReferrers } from '../tenancy/owned-by.ts'
import { outsideTenants } from '../tenancy/outside-grant.ts'
import { isOwn, tenantScopeOf } from '../tenancy/tenant-scope.ts'

/** Stores a secret. @throws AppError outside_grant, name_taken, secrets_key_missing */
export async function createSecret(change: Change, upload: SecretUpload): Promise<SecretRow> {
  const { deps } = change
  const key = secretsKeyOf(deps)
  const id = uuidV7()
  const now = new Date()
  const by = actorName(change.actor)
  const { name, description = null, labels, tenantCode = null, value } = upload
  const row = { id, name, description, labels, tenantCode, sealedValue: seal(key, id, value), keyId: key.id, version: 1, createdBy: by, createdAt: now, updatedBy: by, updatedAt: now, deletedAt: null }
  const created = await inTransaction(deps.db, async (transaction) => {
    const scope = await tenantScopeOf(deps.db, change.actor, transaction)
    if (scope !== null && !isOwn(scope, tenantCode)) throw outsideTenants(scope.tenants)
    const stored = await deps.db.secrets.create(row, { transaction })
    await auditChange(change, transaction, { action: 'secrets.create', kind: 'secrets', resourceId: id, after: presentSecret(stored) })
    return stored
  })
  // A revision that names it may be live since before it was deleted.
  await announceCredentials(deps)
  return created
}

/**
 * Changes a secret; what is not named stays. A new value is used for new requests at once, without a publish.
 * @throws AppError not_found, version_mismatch, secrets_key_missing
 */
export async function changeSecret(change: Change, id: string, version: number, wanted: SecretChange): Promise<SecretRow> {
  const { deps } = change
  const updated = await inTransaction(deps.db, async (transaction) => {
    const scope = await tenantScopeOf(deps.db, change.actor, transaction)
    const row = await findSecret(deps.db, id, scope, transaction)
    checkVersion('secret', row, version, presentSecret)
    const before = presentSecret(row)
    const { description = row.description, labels = row.labels, value } = wanted
    const key = value === undefined ? null : secretsKeyOf(deps)
    const sealed = key === null || value === undefined ? {} : { sealedValue: seal(key, id, value), keyId: key.id }
    await row.update({ description, labels, ...sealed, version: row.version + 1, updatedBy: actorName(change.actor), updatedAt: new Date() }, { transaction })
    await auditChange(change, transaction, { action: 'secrets.update', kind: 'secrets', resourceId: id, before, after: { ...presentSecret(row), ...(value === undefined ? {} : { replaced: 'value' }) } })
    return row
  })
  if (wanted.value !== undefined) await announceCredentials(deps)
  return updated
}

/** Removes a secret that nothing names. @throws AppError not_found, version_mismatch, still_referenced */
export async function removeSecret(change: Change, id: string, version: number): Promise<void> {
  const { db } = change.deps
  await inTransaction(db, async (transaction) => {
    const scope = await tenantScopeOf(db, change.actor, transaction)
    const row = await findSecret(db, id, scope, transaction)
    checkVersion('secret', row, version, presentSecret)
    const referrers = await secretReferrers(db, transaction, row.name)
    if (referrers.length > 0) {
      const { names, extra } = visibleReferrers(scope, referrers)
      throw new AppError('still_referenced', { message: `Still named by ${names}. Change these first; what is live goes with the next publish.`, extra })
    }
    const before = presentSecret(row)
    await row.update({ deletedAt: new Date(), updatedAt: new Date(), updatedBy: actorName(change.actor), version: row.version + 1, sealedValue: '' }, { transaction })
    await auditChange(change, transaction, { action: 'secrets.delete', kind: 'secrets', resourceId: id, before })
  })
}
