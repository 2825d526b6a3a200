import Type from 'typebox'
import { flag, integer, strictObject, uuid, words } from './field.ts'
import { commonFields } from './resource.ts'

const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const
const PROTOCOLS = ['h2', 'http/1.1'] as const

const ClientAuth = strictObject(
  {
    mode: words(['none', 'request', 'require'], { title: 'Mode', description: 'none asks for no certificate; request takes one; require refuses connections without a valid one.', default: 'none' }),
    caPem: Type.Optional(Type.String({ title: 'CA', description: "PEM of the authorities that sign clients' certificates.", minLength: 1, maxLength: 262_144 }))
  },
  { title: 'Client certificates', description: 'Whether clients show a certificate, and who may sign it.', default: {} }
)

const Acme = strictObject(
  {
    enabled: flag('Enabled', 'Get and renew certificates by ACME (RFC 8555).', false),
    domains: Type.Array(Type.String({ maxLength: 253, format: 'host-or-wildcard' }), { title: 'Domains', description: 'Names to get certificates for; no wildcards.', default: [], maxItems: 1000, uniqueItems: true }),
    fromRoutes: flag('From routes', 'Also the exact hosts of the published routes on its listeners.', false)
  },
  { title: 'ACME', description: 'Certificates that come and renew by themselves.', default: {} }
)

const Hsts = strictObject(
  {
    maxAgeSeconds: integer({ title: 'Max age', description: 'How long browsers keep to https.', unit: 's', default: 31_536_000 }),
    includeSubDomains: flag('Subdomains', 'Also for every subdomain.', false),
    preload: flag('Preload', 'The site may be built into browsers.', false)
  },
  { title: 'HSTS', description: 'Tell browsers to use https alone (RFC 6797).' }
)

/** How https listeners speak TLS, and with which certificates. */
export const TlsPolicy = strictObject(
  {
    ...commonFields,
    minVersion: Type.Enum([...TLS_VERSIONS], { title: 'Oldest version', description: 'Oldest TLS version that is spoken.', default: 'TLSv1.2' }),
    maxVersion: Type.Enum([...TLS_VERSIONS], { title: 'Newest version', description: 'Newest TLS version that is spoken.', default: 'TLSv1.3' }),
    ciphers: Type.Optional(Type.String({ title: 'Cipher suites', description: 'OpenSSL names, joined by colons, the best first; absent means good ones.', pattern: '^[A-Za-z0-9!@=+_-]+(:[A-Za-z0-9!@=+_-]+)*$', form: 'OpenSSL names joined by colons', maxLength: 2000 })),
    alpn: Type.Array(Type.Enum([...PROTOCOLS]), { title: 'Protocols', description: 'Protocols that are offered (ALPN), the best first.', default: [...PROTOCOLS], minItems: 1, maxItems: PROTOCOLS.length, uniqueItems: true }),
    certificateIds: Type.Array(uuid(), { title: 'Certificates', description: "Certificates to choose from by the client's name: exact names first, then wildcards.", default: [], maxItems: 5000, uniqueItems: true }),
    defaultCertificateId: Type.Optional(uuid({ title: 'Default certificate', description: "Used when no certificate fits the client's name; without one such clients are refused." })),
    acme: Acme,
    clientAuth: ClientAuth,
    hsts: Type.Optional(Hsts)
  },
  { title: 'TLS policy', description: 'Certificates, TLS versions and client certificates of https listeners.' }
)
export type TlsPolicy = Type.Static<typeof TlsPolicy>
