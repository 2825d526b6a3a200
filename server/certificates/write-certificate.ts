import type { CertificateRow } from '../../db/models/certificates.ts'
import type { CertificateChange, CertificateUpload, SelfSignedRequest } from '../../shared/schema/certificate.ts'
import { errorIssue } from '../../shared/schema/issue.ts'
import { auditChange } from '../audit/audit-change.ts'
import { actorName } from '../auth/actor.ts'
import type { Deps } from '../deps.ts'
import { AppError, invalidRequest } from '../http/app-error.ts'
import { inTransaction } from '../in-transaction.ts'
import { announceCredentials } from '../publishing/announce.ts'
import { checkVersion } from '../resources/check-version.ts'
import type { Change } from '../resources/write-resource.ts'
import { seal } from '../sealing/seal.ts'
import type { SecretsKey } from '../sealing/secrets-key.ts'
import { secretsKeyOf } from '../sealing/secrets-key-of.ts'
import { uuidV7 } from '../uuid-v7.ts'
import { findCertificate } from './find-certificate.ts'
import { certificateReferrers } from './certificate-referrers.ts'
import { presentCertificate } from './present-certificate.ts'
import { readUpload } from './read-upload.ts'
import { replacementIssues } from './replacement-issues.ts'
import { makeSelfSigned } from './self-signed.ts'
import { visibleReferrers } from '../tenancy/owned-by.ts'
import { outsideTenants } from '../tenancy/outside-grant.ts'
import { isOwn, tenantScopeOf } from '../tenancy/tenant-scope.ts'
import { keepDomainsGranted } from '../tenancy/keep-domains-granted.ts'

/** Makes and stores a certificate that vouches for itself, for development. @throws AppError name_taken, secrets_key_missing */
export async function createSelfSigned(change: Change, { domains, days, ...meta }: SelfSignedRequest): Promise<CertificateRow> {
  return createCertificate(change, { ...meta, ...await makeSelfSigned(domains, days) }, 'selfSigned')
}

/** Stores a certificate. @throws AppError invalid_request with every issue, name_taken, outside_grant, secrets_key_missing */
export async function createCertificate(change: Change, upload: CertificateUpload, source: 'uploaded' | 'selfSigned' = 'uploaded'): Promise<CertificateRow> {
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
    source,
    ...columnsOf(upload, id, key, now),
    version: 1,
    createdBy: by,
    createdAt: now,
    updatedBy: by,
    updatedAt: now,
    deletedAt: null
  }
  const created = await inTransaction(deps.db, async (transaction) => {
    const scope = await tenantScopeOf(deps.db, change.actor, transaction)
    if (scope !== null && !isOwn(scope, row.tenantCode)) throw outsideTenants(scope.tenants)
    keepDomainsGranted(scope, row.tenantCode, row.facts.domains)
    const stored = await deps.db.certificates.create(row, { transaction })
    await auditChange(change, transaction, { action: 'certificates.create', kind: 'certificates', resourceId: id, after: presentCertificate(stored, now) })
    return stored
  })
  await announceCredentials(deps)
  return created
}

/**
 * Changes a certificate; what is not named stays. A new chain and key serve new connections at once, without a publish.
 * @throws AppError not_found, version_mismatch, invalid_request, outside_grant, name_taken, secrets_key_missing
 */
export async function changeCertificate(change: Change, id: string, version: number, wanted: CertificateChange): Promise<CertificateRow> {
  const { deps } = change
  const now = new Date()
  const updated = await inTransaction(deps.db, async (transaction) => {
    const scope = await tenantScopeOf(deps.db, change.actor, transaction)
    const row = await findCertificate(deps.db, id, scope, transaction)
    checkVersion('certificate', row, version, (current) => presentCertificate(current, now))
    const before = presentCertificate(row, now)
    const news = replaced(wanted.certificatePem, wanted.privateKeyPem, id, deps, now)
    const issues = news.facts === undefined ? [] : replacementIssues(row.facts, news.facts, now)
    if (issues.length > 0) throw invalidRequest(issues)
    if (news.facts !== undefined) keepDomainsGranted(scope, row.tenantCode, news.facts.domains.filter((domain) => !row.facts.domains.includes(domain)))
    const { name = row.name, description = row.description, labels = row.labels } = wanted
    await row.update({ name, description, labels, ...news, version: row.version + 1, updatedBy: actorName(change.actor), updatedAt: now }, { transaction })
    await auditChange(change, transaction, { action: 'certificates.update', kind: 'certificates', resourceId: id, before, after: presentCertificate(row, now) })
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
    const scope = await tenantScopeOf(db, change.actor, transaction)
    const row = await findCertificate(db, id, scope, transaction)
    checkVersion('certificate', row, version, (current) => presentCertificate(current, now))
    const referrers = await certificateReferrers(db, transaction, id)
    if (referrers.length > 0) {
      const { names, extra } = visibleReferrers(scope, referrers)
      throw new AppError('still_referenced', { message: `Still named by ${names}. Change these first; what is live goes with the next publish.`, extra })
    }
    await row.update({ deletedAt: now, updatedAt: now, updatedBy: actorName(change.actor), version: row.version + 1, sealedKey: '' }, { transaction })
    await auditChange(change, transaction, { action: 'certificates.delete', kind: 'certificates', resourceId: id, before: presentCertificate(row, now) })
  })
}

function replaced(certificatePem: string | undefined, privateKeyPem: string | undefined, id: string, deps: Deps, now: Date): Partial<ReturnType<typeof columnsOf>> {
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
