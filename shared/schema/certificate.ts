import Type from 'typebox'
import { integer, line, sha256Hex, strictObject, timestamp, words } from './field.ts'
import { commonFields, StoredFields, TenantCode } from './resource.ts'

/** A chain has one to three certificates in practice; ten leave room. */
export const MAX_CHAIN = 10

const certificatePem = Type.String({ title: 'Certificate', description: 'PEM of the certificate, then of those that signed it, up to but without the root.', minLength: 1, maxLength: 131_072 })
const privateKeyPem = Type.String({ title: 'Private key', description: 'PEM of the unencrypted private key of the certificate. It is stored sealed and never answered.', minLength: 1, maxLength: 16_384 })
const { name, description, labels } = commonFields

/** Body of POST /certificates. */
export const CertificateUpload = strictObject({ name, description, labels, tenantCode: Type.Optional(TenantCode), certificatePem, privateKeyPem }, { title: 'Certificate upload' })
export type CertificateUpload = Type.Static<typeof CertificateUpload>

/** Body of POST /self-signed-certificates. */
export const SelfSignedRequest = strictObject(
  {
    name,
    description,
    labels,
    tenantCode: Type.Optional(TenantCode),
    domains: Type.Array(Type.String({ pattern: '^(?:(?:\\*\\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|[0-9a-f:.]{2,45})$', form: 'a DNS name in lower case, *. and a DNS name, or an IP address', maxLength: 253 }), { title: 'Domains', description: 'DNS names and IP addresses that it is for.', minItems: 1, maxItems: 100, uniqueItems: true }),
    days: integer({ title: 'Days', description: 'How long it is valid.', default: 90, minimum: 1, maximum: 825 })
  },
  { title: 'Self-signed request' }
)
export type SelfSignedRequest = Type.Static<typeof SelfSignedRequest>

/** Body of PATCH /certificates/:id. A certificate and its key are replaced together. */
export const CertificateChange = strictObject(
  {
    name: Type.Optional(name),
    description: Type.Optional(Type.Union([description, Type.Null()], { description: 'null clears it.' })),
    labels: Type.Optional(labels),
    certificatePem: Type.Optional(certificatePem),
    privateKeyPem: Type.Optional(privateKeyPem)
  },
  { title: 'Certificate change' }
)
export type CertificateChange = Type.Static<typeof CertificateChange>

/** What is known of the leaf of a chain. */
export const CertificateFacts = strictObject({
  domains: Type.Array(Type.String(), { description: 'DNS names and IP addresses that it is for (subjectAltName).' }),
  subject: Type.String(),
  issuer: Type.String(),
  notBefore: timestamp(),
  notAfter: timestamp(),
  fingerprint256: sha256Hex({ description: 'SHA-256 of the certificate.' }),
  keyType: Type.String({ description: 'Such as RSA 2048 or EC prime256v1.' }),
  forClientsOnly: Type.Optional(Type.Literal(true, { description: 'Its extended key usage does not name servers: browsers take it from no listener.' }))
})
export type CertificateFacts = Type.Static<typeof CertificateFacts>

/** A certificate as the API shows it: never with its key. */
export const CertificateItem = strictObject(
  {
    ...StoredFields.properties,
    name: line(200),
    description,
    labels,
    tenantCode: Type.Optional(TenantCode),
    source: words(['uploaded', 'acme', 'selfSigned'], { description: 'Where it came from.' }),
    status: words(['valid', 'expiring', 'expired', 'not_yet_valid', 'waiting'], { description: 'waiting: one of our own making serves until the real one comes by ACME. expiring: less than 30 days, or less than a third of its lifetime, are left.' }),
    ...CertificateFacts.properties,
    certificatePem,
    rotationDue: Type.Optional(strictObject({ since: timestamp(), nodeId: Type.String({ description: 'The node that was revoked.' }) }, { description: 'Its key was on a data node when that was revoked: replace it. Gone as soon as it has another key.' }))
  },
  { title: 'certificate' }
)
export type CertificateItem = Type.Static<typeof CertificateItem>
