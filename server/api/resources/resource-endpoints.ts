import type { TSchema } from 'typebox'
import { inputSchema } from '../../../shared/schema/input-schema.ts'
import { Listener } from '../../../shared/schema/listener.ts'
import type { DraftedKind } from '../../../shared/schema/resource.ts'
import { Provider } from '../../../shared/schema/provider.ts'
import { Route } from '../../../shared/schema/route.ts'
import { Upstream } from '../../../shared/schema/upstream.ts'
import { pageOf, patchOf, storedOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { findResource } from '../../resources/find-resource.ts'
import { etagOf, versionFrom } from '../../resources/if-match.ts'
import { ListQuery, listResources } from '../../resources/list-resources.ts'
import { presentResource } from '../../resources/present-resource.ts'
import { createResource, removeResource, updateResource } from '../../resources/write-resource.ts'
import type { DraftedRow } from '../../../db/models/drafted.ts'

/** Create, read, change and delete for each kind of drafted resource. */
export const resourceEndpoints: Endpoint[] = [
  ...endpointsOf('listeners', 'listener', Listener),
  ...endpointsOf('upstreams', 'upstream', Upstream),
  ...endpointsOf('routes', 'route', Route),
  ...endpointsOf('providers', 'provider', Provider)
]

type ResourceSchema = TSchema & { properties: Record<string, TSchema> }

function endpointsOf(kind: DraftedKind, noun: string, spec: ResourceSchema): Endpoint[] {
  return [...readEndpoints(kind, noun, spec), ...writeEndpoints(kind, noun, spec)]
}

function oneOf(noun: string, spec: ResourceSchema) {
  return { description: `The ${noun}, with its version as ETag.`, schema: storedOf(spec, noun) }
}

function readEndpoints(kind: DraftedKind, noun: string, spec: ResourceSchema): Endpoint[] {
  return [
    endpoint({
      tag: kind,
      method: 'GET',
      path: `/${kind}`,
      permission: 'viewer',
      summary: `List the ${kind} of the draft`,
      query: ListQuery,
      answers: { 200: { description: `A page of ${kind}.`, schema: pageOf(storedOf(spec, noun)) } },
      handle: async ({ deps, query }) => ({ status: 200, body: await listResources(deps.db, kind, query) })
    }),
    endpoint({
      tag: kind,
      method: 'GET',
      path: `/${kind}/:id`,
      permission: 'viewer',
      summary: `Read ${withArticle(noun)} of the draft`,
      answers: { 200: oneOf(noun, spec) },
      handle: async ({ deps, params }) => answer(200, await findResource(deps.db, kind, params['id'] ?? ''))
    })
  ]
}

function writeEndpoints(kind: DraftedKind, noun: string, spec: ResourceSchema): Endpoint[] {
  const input = inputSchema(spec)
  return [
    endpoint({
      tag: kind,
      method: 'POST',
      path: `/${kind}`,
      permission: 'editor',
      summary: `Add ${withArticle(noun)} to the draft`,
      bodyDoc: input,
      answers: { 201: oneOf(noun, spec) },
      audits: `${kind}.create`,
      handle: async (request) => answer(201, await createResource(request, kind, request.body))
    }),
    endpoint({
      tag: kind,
      method: 'PATCH',
      path: `/${kind}/:id`,
      permission: 'editor',
      summary: `Change ${withArticle(noun)} of the draft: absent fields stay, null clears (RFC 7396)`,
      bodyDoc: patchOf(input),
      needsVersion: true,
      answers: { 200: oneOf(noun, spec) },
      audits: `${kind}.update`,
      handle: async (request) => answer(200, await updateResource(request, kind, request.params['id'] ?? '', versionFrom(request.header('if-match')), request.body))
    }),
    endpoint({
      tag: kind,
      method: 'DELETE',
      path: `/${kind}/:id`,
      permission: 'editor',
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

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function answer(status: number, row: DraftedRow) {
  return { status, body: presentResource(row), headers: { etag: etagOf(row.version) } }
}
