import type { TSchema } from 'typebox'
import { inputSchema } from '../../../shared/schema/input-schema.ts'
import { Listener } from '../../../shared/schema/listener.ts'
import { type DraftedKind, KIND_NOUNS, KIND_PATHS } from '../../../shared/schema/resource.ts'
import { Provider } from '../../../shared/schema/provider.ts'
import { Route } from '../../../shared/schema/route.ts'
import { Policy } from '../../../shared/schema/policy.ts'
import { TlsPolicy } from '../../../shared/schema/tls-policy.ts'
import { Upstream } from '../../../shared/schema/upstream.ts'
import { pageOf, patchOf, storedOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { findResource } from '../../resources/find-resource.ts'
import { etagOf, versionFrom } from '../../resources/if-match.ts'
import { listResources, RESOURCE_LISTS } from '../../resources/list-resources.ts'
import { presentResource } from '../../resources/present-resource.ts'
import { createResource, removeResource, updateResource } from '../../resources/write-resource.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'
import type { DraftedRow } from '../../../db/models/drafted.ts'

/** Kinds whose resources may belong to a tenant, and those of which a tenant sees what its routes name. */
const OWNED_BY_TENANTS: readonly DraftedKind[] = ['routes', 'upstreams', 'policies']
const VISIBLE_TO_TENANTS: readonly DraftedKind[] = [...OWNED_BY_TENANTS, 'listeners']

/** Create, read, change and delete for each kind of drafted resource. */
export const resourceEndpoints: Endpoint[] = [
  ...endpointsOf('listeners', Listener),
  ...endpointsOf('upstreams', Upstream),
  ...endpointsOf('routes', Route),
  ...endpointsOf('providers', Provider),
  ...endpointsOf('tlsPolicies', TlsPolicy),
  ...endpointsOf('policies', Policy)
]

type ResourceSchema = TSchema & { properties: Record<string, TSchema> }

function endpointsOf(kind: DraftedKind, spec: ResourceSchema): Endpoint[] {
  const noun = KIND_NOUNS[kind]
  return [...readEndpoints(kind, noun, spec), ...writeEndpoints(kind, noun, spec)]
}

function oneOf(noun: string, spec: ResourceSchema) {
  return { description: `The ${noun}, with its version as ETag.`, schema: storedOf(spec, noun) }
}

function readEndpoints(kind: DraftedKind, noun: string, spec: ResourceSchema): Endpoint[] {
  const isScoped = VISIBLE_TO_TENANTS.includes(kind)
  return [
    endpoint({
      tag: KIND_PATHS[kind],
      ...(isScoped ? { tenantScoped: true as const } : {}),
      method: 'GET',
      path: `/${KIND_PATHS[kind]}`,
      permission: 'viewer',
      summary: `List the ${plural(kind)} of the draft`,
      query: RESOURCE_LISTS[kind].query,
      answers: { 200: { description: `A page of ${plural(kind)}.`, schema: pageOf(storedOf(spec, noun)) } },
      handle: async ({ deps, query, actor }) => ({ status: 200, body: await listResources(deps.db, kind, query, await tenantScopeOf(deps.db, actor)) })
    }),
    endpoint({
      tag: KIND_PATHS[kind],
      ...(isScoped ? { tenantScoped: true as const } : {}),
      method: 'GET',
      path: `/${KIND_PATHS[kind]}/:id`,
      permission: 'viewer',
      summary: `Read ${withArticle(noun)} of the draft`,
      answers: { 200: oneOf(noun, spec) },
      handle: async ({ deps, params, actor }) => answer(200, await findResource(deps.db, kind, params['id'] ?? '', await tenantScopeOf(deps.db, actor)))
    })
  ]
}

function writeEndpoints(kind: DraftedKind, noun: string, spec: ResourceSchema): Endpoint[] {
  const input = inputSchema(spec)
  const scoped = OWNED_BY_TENANTS.includes(kind) ? { tenantScoped: true as const } : {}
  return [
    endpoint({
      tag: KIND_PATHS[kind],
      method: 'POST',
      path: `/${KIND_PATHS[kind]}`,
      permission: 'editor',
      ...scoped,
      summary: `Add ${withArticle(noun)} to the draft`,
      bodyDoc: input,
      answers: { 201: oneOf(noun, spec) },
      audits: `${kind}.create`,
      handle: async (request) => answer(201, await createResource(request, kind, request.body))
    }),
    endpoint({
      tag: KIND_PATHS[kind],
      method: 'PATCH',
      path: `/${KIND_PATHS[kind]}/:id`,
      permission: 'editor',
      ...scoped,
      summary: `Change ${withArticle(noun)} of the draft: absent fields stay, null clears (RFC 7396)`,
      bodyDoc: patchOf(input),
      needsVersion: true,
      answers: { 200: oneOf(noun, spec) },
      audits: `${kind}.update`,
      handle: async (request) => answer(200, await updateResource(request, kind, request.params['id'] ?? '', versionFrom(request.header('if-match')), request.body))
    }),
    endpoint({
      tag: KIND_PATHS[kind],
      method: 'DELETE',
      path: `/${KIND_PATHS[kind]}/:id`,
      permission: 'editor',
      ...scoped,
      summary: `Delete ${withArticle(noun)} from the draft`,
      needsVersion: true,
      answers: { 204: { description: 'Deleted.' } },
      audits: `${kind}.delete`,
      handle: async (request) => {
        await removeResource(request, kind, request.params['id'] ?? '', versionFrom(request.header('if-match')))
        return { status: 204 }
      }
    })
  ]
}

function plural(kind: DraftedKind): string {
  return kind === 'tlsPolicies' ? 'TLS policies' : kind
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function answer(status: number, row: DraftedRow) {
  return { status, body: presentResource(row), headers: { etag: etagOf(row.version) } }
}
