import type { Transaction } from 'sequelize'
import type { CertificateRow } from '../../db/models/certificates.ts'
import type { CertificateChange, CertificateUpload } from '../../shared/schema/certificate.ts'
import { errorIssue } from '../../shared/schema/issue.ts'
import { appendAudit } from '../audit/append-audit.ts'
import { actorName } from '../auth/actor.ts'
import type { Deps } from '../deps.ts'
import { AppError, invalidRequest } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { announceCredentials } from '../publishing/announce.ts'
import type { Change } from '../resources/write-resource.ts'
import { seal } from '../secrets/seal.ts'
import type { SecretsKey } from '../secrets/secrets-key.ts'
import { uuidV7 } from '../uuid-v7.ts'
import { findCertificate } from './find-certificate.ts'
import { certificateReferrers } from './certificate-referrers.ts'
import { presentCertificate } from './present-certificate.ts'
import { readUpload } from './read-upload.ts'

/** Stores a certificate. @throws AppError invalid_request with every issue, name_taken, secrets_key_missing */
export async function createCertificate(change: Change, upload: CertificateUpload): Promise<CertificateRow> {
  const { deps } = change
  const now = new Date()
  const key = secretsKeyOf(deps)
  const id = uuidV7()
  const by = actorName(change.actor)
  const row = {
    id,
    name: upload.name,
    description: upload.description ?? null,
    labels: upload.labels,
    tenantCode: upload.tenantCode ?? null,
    source: 'uploaded' as const,
    ...columnsOf(upload, id, key, now),
    version: 1,
    createdBy: by,
    createdAt: now,
    updatedBy: by,
    updatedAt: now,
    deletedAt: null
  }
  const created = await inTransaction(deps.db, async (transaction) => {
    const stored = await deps.db.certificates.create(row, { transaction })
    await audit(change, transaction, 'certificates.create', id, undefined, presentCertificate(stored, now))
    return stored
  })
  await announceCredentials(deps)
  return created
}

/**
 * Changes a certificate; what is not named stays. A new chain and key serve new connections at once, without a publish.
 * @throws AppError not_found, version_mismatch, invalid_request, name_taken, secrets_key_missing
 */
export async function changeCertificate(change: Change, id: string, version: number, wanted: CertificateChange): Promise<CertificateRow> {
  const { deps } = change
  const now = new Date()
  const updated = await inTransaction(deps.db, async (transaction) => {
    const row = await findCertificate(deps.db, id, transaction)
    checkVersion(row, version, now)
    const before = presentCertificate(row, now)
    const { certificatePem, privateKeyPem, name = row.name, description = row.description, labels = row.labels } = wanted
    await row.update({ name, description, labels, ...replaced(certificatePem, privateKeyPem, id, deps, now), version: row.version + 1, updatedBy: actorName(change.actor), updatedAt: now }, { transaction })
    await audit(change, transaction, 'certificates.update', id, before, presentCertificate(row, now))
    return row
  })
  if (wanted.certificatePem !== undefined) await announceCredentials(deps)
  return updated
}

/** Removes a certificate that nothing names. @throws AppError not_found, version_mismatch, still_referenced */
export async function removeCertificate(change: Change, id: string, version: number): Promise<void> {
  const { db } = change.deps
  const now = new Date()
  await inTransaction(db, async (transaction) => {
    const row = await findCertificate(db, id, transaction)
    checkVersion(row, version, now)
    const referrers = await certificateReferrers(db, transaction, id)
    if (referrers.length > 0) {
      const names = referrers.slice(0, 5).map((referrer) => `${referrer.name} (${referrer.in})`).join(', ')
      throw new AppError('still_referenced', { message: `Still named by ${names}. Change these first; what is live goes with the next publish.`, extra: { referrers } })
    }
    await row.update({ deletedAt: now, updatedAt: now, updatedBy: actorName(change.actor), version: row.version + 1, sealedKey: '' }, { transaction })
    await audit(change, transaction, 'certificates.delete', id, presentCertificate(row, now), undefined)
  })
}

function replaced(certificatePem: string | undefined, privateKeyPem: string | undefined, id: string, deps: Deps, now: Date) {
  if (certificatePem === undefined && privateKeyPem === undefined) return {}
  if (certificatePem === undefined) throw invalidRequest([errorIssue('/certificatePem', 'required', 'send the certificate together with its private key')])
  if (privateKeyPem === undefined) throw invalidRequest([errorIssue('/privateKeyPem', 'required', 'send the private key together with its certificate')])
  return columnsOf({ certificatePem, privateKeyPem }, id, secretsKeyOf(deps), now)
}

function columnsOf(upload: { certificatePem: string; privateKeyPem: string }, id: string, key: SecretsKey, now: Date) {
  const read = readUpload(upload, now)
  if (!read.ok) throw invalidRequest(read.issues)
  const { certificatePem, privateKeyPem, facts } = read.value
  return { certificatePem, sealedKey: seal(key, id, privateKeyPem), keyId: key.id, facts, notAfter: new Date(facts.notAfter), fingerprint256: facts.fingerprint256 }
}

function secretsKeyOf({ secretsKey }: Deps): SecretsKey {
  if (secretsKey === null) throw new AppError('secrets_key_missing')
  return secretsKey
}

function checkVersion(row: CertificateRow, version: number, now: Date): void {
  if (row.version === version) return
  throw new AppError('version_mismatch', { message: `The certificate is at version ${row.version}; you sent ${version}.`, extra: { current: presentCertificate(row, now) } })
}

async function audit(change: Change, transaction: Transaction, action: string, resourceId: string, before: unknown, after: unknown): Promise<void> {
  await appendAudit(change.deps.db, transaction, { actor: actorName(change.actor), action, kind: 'certificates', resourceId, requestId: change.requestId, before, after })
}
