import Type from 'typebox'
import { strictObject, uuid } from './field.ts'
import { StoredFields, TenantCode } from './resource.ts'

const priority = (description: string) => Type.Integer({ description, minimum: -1_000_000_000, maximum: 1_000_000_000 })

const listenerIds = Type.Array(uuid(), { title: 'Listeners', description: 'Listeners that its routes may name. A route of the tenant must name some.', maxItems: 256, uniqueItems: true })
const upstreamIds = Type.Array(uuid(), { title: 'Upstreams', description: 'Upstreams without a tenant that its routes may send to, besides its own.', maxItems: 256, uniqueItems: true })
const hostSuffixes = Type.Array(Type.String({ pattern: '^(?:\\*|(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$', form: '* or a DNS name in lower case', maxLength: 253 }), {
  title: 'Host suffixes',
  description: 'Its routes take requests for these names and those below them; * is every host, and none named.',
  maxItems: 256,
  uniqueItems: true
})
const priorityBand = strictObject({ min: priority('Lowest.'), max: priority('Highest.') }, { title: 'Priority', description: 'What priority its routes may have, both ends included.' })

/** Body of POST /grants. */
export const GrantInput = strictObject({
  tenantCode: TenantCode,
  listenerIds: Type.Array(listenerIds.items, { ...listenerIds, default: [] }),
  upstreamIds: Type.Array(upstreamIds.items, { ...upstreamIds, default: [] }),
  hostSuffixes: Type.Array(hostSuffixes.items, { ...hostSuffixes, default: [] }),
  priority: strictObject(priorityBand.properties, { ...priorityBand, default: { min: 0, max: 0 } })
}, { title: 'Grant' })
export type GrantInput = Type.Static<typeof GrantInput>

/** Body of PATCH /grants/:tenantCode; what is not named stays. */
export const GrantChange = strictObject({ listenerIds: Type.Optional(listenerIds), upstreamIds: Type.Optional(upstreamIds), hostSuffixes: Type.Optional(hostSuffixes), priority: Type.Optional(priorityBand) }, { title: 'Grant change' })
export type GrantChange = Type.Static<typeof GrantChange>

const { id: _, ...stored } = StoredFields.properties

/** What the routes of a tenant may use when a person of the tenant writes or publishes them. */
export const Grant = strictObject({ tenantCode: TenantCode, listenerIds, upstreamIds, hostSuffixes, priority: priorityBand, ...stored }, { title: 'grant' })
export type Grant = Type.Static<typeof Grant>

/** The part of a grant that routes are held against. */
export type GrantTerms = Pick<Grant, 'listenerIds' | 'upstreamIds' | 'hostSuffixes' | 'priority'>
