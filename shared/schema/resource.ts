import Type from 'typebox'
import { flag, line, strictObject, timestamp, uuid } from './field.ts'

/** The kinds of resource that a snapshot holds, as they are named in the snapshot's content. */
export const DRAFTED_KINDS = ['listeners', 'upstreams', 'routes', 'providers', 'tlsPolicies', 'policies'] as const
export type DraftedKind = (typeof DRAFTED_KINDS)[number]

/** How one resource of a kind is called in messages, and where the kind is found in URLs. */
export const KIND_NOUNS: Readonly<Record<DraftedKind, string>> = { listeners: 'listener', upstreams: 'upstream', routes: 'route', providers: 'provider', tlsPolicies: 'TLS policy', policies: 'policy' }
export const KIND_PATHS: Readonly<Record<DraftedKind, string>> = { listeners: 'listeners', upstreams: 'upstreams', routes: 'routes', providers: 'providers', tlsPolicies: 'tls-policies', policies: 'policies' }

/** Fields of every drafted resource that a person may set. */
export const commonFields = {
  name: line(200, {
    title: 'Name',
    description: 'Unique per tenant among resources of the kind that are not deleted; letter case is ignored.'
  }),
  description: Type.Optional(Type.String({ title: 'Description', description: 'Free text for people.', maxLength: 2000 })),
  labels: Type.Record(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$' }), Type.String({ maxLength: 256 }), {
    title: 'Labels',
    description: 'Key and value pairs to search and group by.',
    default: {},
    maxProperties: 64
  }),
  enabled: flag('Enabled', 'A disabled resource is kept but not served.', true)
}

/** An opaque id of a tenant, owned by another system. */
export const TenantCode = Type.String({
  title: 'Tenant code',
  description: 'The tenant this belongs to; absent means shared by all tenants.',
  pattern: '^[\\x21-\\x7e]{1,128}$',
  form: '1 to 128 visible ASCII characters'
})

/** Fields the control plane keeps for every stored resource; read-only. */
export const StoredFields = strictObject({
  id: uuid({ description: 'UUID version 7.' }),
  version: Type.Integer({ minimum: 1, description: 'Counts the changes; sent as the ETag and expected in If-Match.' }),
  createdBy: Type.String(),
  createdAt: timestamp(),
  updatedBy: Type.String(),
  updatedAt: timestamp()
})
export type StoredFields = Type.Static<typeof StoredFields>
