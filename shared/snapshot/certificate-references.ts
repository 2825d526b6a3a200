import type { DraftedKind } from '../schema/resource.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'

/** A resource that names a certificate, and where. */
export interface CertificateReference {
  kind: DraftedKind
  id: string
  name: string
  /** JSON pointer from the root of the content. */
  path: string
  certificateId: string
}

/** Everything in a content that names a certificate. */
export function certificateReferences(content: SnapshotContent): CertificateReference[] {
  const found: CertificateReference[] = []
  for (const [index, { id, name, defaultCertificateId }] of content.listeners.entries()) {
    if (defaultCertificateId !== undefined) found.push({ kind: 'listeners', id, name, path: `/listeners/${index}/defaultCertificateId`, certificateId: defaultCertificateId })
  }
  for (const [index, { id, name, certificateIds, defaultCertificateId }] of content.tlsPolicies.entries()) {
    const at = `/tlsPolicies/${index}`
    for (const [place, certificateId] of certificateIds.entries()) found.push({ kind: 'tlsPolicies', id, name, path: `${at}/certificateIds/${place}`, certificateId })
    if (defaultCertificateId !== undefined) found.push({ kind: 'tlsPolicies', id, name, path: `${at}/defaultCertificateId`, certificateId: defaultCertificateId })
  }
  for (const [index, { id, name, connection }] of content.upstreams.entries()) {
    const certificateId = connection.tls.clientCertificateId
    if (certificateId !== undefined) found.push({ kind: 'upstreams', id, name, path: `/upstreams/${index}/connection/tls/clientCertificateId`, certificateId })
  }
  return found
}
