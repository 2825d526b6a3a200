import type { CertificateRow } from '../../db/models/certificates.ts'
import type { CertificateFacts, CertificateItem } from '../../shared/schema/certificate.ts'

const DAY_MS = 86_400_000
const MOST_EXPIRING_MS = 30 * DAY_MS

/** A certificate as the API shows it. */
export function presentCertificate(row: CertificateRow, now: Date): CertificateItem {
  return {
    id: row.id,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    labels: row.labels,
    ...(row.tenantCode === null ? {} : { tenantCode: row.tenantCode }),
    source: row.source,
    status: row.source === 'acme' && row.facts.issuer === row.facts.subject ? 'waiting' : certificateStatus(row.facts, now),
    ...row.facts,
    certificatePem: row.certificatePem,
    ...(row.exposedAt !== null && row.exposedFingerprint256 === row.fingerprint256 ? { rotationDue: { since: row.exposedAt.toISOString(), nodeId: row.exposedBy ?? '' } } : {}),
    version: row.version,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString()
  }
}

/** Short-lived certificates are expiring when a third of their lifetime is left. */
function certificateStatus(facts: Pick<CertificateFacts, 'notBefore' | 'notAfter'>, now: Date): CertificateItem['status'] {
  const from = Date.parse(facts.notBefore)
  const to = Date.parse(facts.notAfter)
  const left = to - now.getTime()
  if (left <= 0) return 'expired'
  if (now.getTime() < from) return 'not_yet_valid'
  return left < Math.min(MOST_EXPIRING_MS, (to - from) / 3) ? 'expiring' : 'valid'
}
