import { CertificateChange, CertificateItem, CertificateUpload, SelfSignedRequest } from '../../../shared/schema/certificate.ts'
import { findCertificate } from '../../certificates/find-certificate.ts'
import { CERTIFICATE_LIST, listCertificates } from '../../certificates/list-certificates.ts'
import { presentCertificate } from '../../certificates/present-certificate.ts'
import { changeCertificate, createCertificate, createSelfSigned, removeCertificate } from '../../certificates/write-certificate.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { liveHandlers } from '../../resources/live-handlers.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'

const one = { description: 'The certificate, with its version as ETag; never its key.', schema: CertificateItem }
const live = liveHandlers({ key: 'id', find: findCertificate, change: changeCertificate, remove: removeCertificate, present: (row) => presentCertificate(row, new Date()) })

/** Certificates are live: there is no draft of them, and what is stored serves at once. */
export const certificateEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/certificates',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'certificates',
    summary: 'List the certificates',
    query: CERTIFICATE_LIST.query,
    answers: { 200: { description: 'A page of certificates.', schema: pageOf(CertificateItem) } },
    handle: async ({ deps, query, actor }) => ({ status: 200, body: await listCertificates(deps.db, query, await tenantScopeOf(deps.db, actor), new Date()) })
  }),
  endpoint({
    method: 'GET',
    path: '/certificates/:id',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'certificates',
    summary: 'Read a certificate',
    answers: { 200: one },
    handle: live.read
  }),
  endpoint({
    method: 'POST',
    path: '/certificates',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'certificates',
    summary: 'Upload a certificate with its private key',
    body: CertificateUpload,
    answers: { 201: one },
    audits: 'certificates.create',
    handle: async (request) => live.answer(201, await createCertificate(request, request.body))
  }),
  endpoint({
    method: 'POST',
    path: '/self-signed-certificates',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'certificates',
    summary: 'Make a certificate that vouches for itself, for development',
    body: SelfSignedRequest,
    answers: { 201: one },
    audits: 'certificates.create',
    handle: async (request) => live.answer(201, await createSelfSigned(request, request.body))
  }),
  endpoint({
    method: 'PATCH',
    path: '/certificates/:id',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'certificates',
    summary: 'Change a certificate: absent fields stay; a new chain and key serve at once',
    body: CertificateChange,
    needsVersion: true,
    answers: { 200: one },
    audits: 'certificates.update',
    handle: live.change
  }),
  endpoint({
    method: 'DELETE',
    path: '/certificates/:id',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'certificates',
    summary: 'Delete a certificate that nothing names any more',
    needsVersion: true,
    answers: { 204: { description: 'Deleted, with its key.' } },
    audits: 'certificates.delete',
    handle: live.remove
  })
]
