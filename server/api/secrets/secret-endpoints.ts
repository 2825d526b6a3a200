import { SecretChange, SecretItem, SecretUpload } from '../../../shared/schema/secret.ts'
import { pageOf } from '../../http/documented-schema.ts'
import { type Endpoint, endpoint } from '../../http/endpoint.ts'
import { liveHandlers } from '../../resources/live-handlers.ts'
import { findSecret } from '../../secrets/find-secret.ts'
import { listSecrets, SECRET_LIST } from '../../secrets/list-secrets.ts'
import { presentSecret } from '../../secrets/present-secret.ts'
import { changeSecret, createSecret, removeSecret } from '../../secrets/write-secret.ts'
import { tenantScopeOf } from '../../tenancy/tenant-scope.ts'

const one = { description: 'The secret, with its version as ETag; never its value.', schema: SecretItem }
const live = liveHandlers({ key: 'id', find: findSecret, change: changeSecret, remove: removeSecret, present: presentSecret })

/** Secrets are live: there is no draft of them, and what is stored is used at once. */
export const secretEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/secrets',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'secrets',
    summary: 'List the secrets',
    query: SECRET_LIST.query,
    answers: { 200: { description: 'A page of secrets.', schema: pageOf(SecretItem) } },
    handle: async ({ deps, query, actor }) => ({ status: 200, body: await listSecrets(deps.db, query, await tenantScopeOf(deps.db, actor)) })
  }),
  endpoint({
    method: 'GET',
    path: '/secrets/:id',
    permission: 'viewer',
    tenantScoped: true,
    tag: 'secrets',
    summary: 'Read what is known of a secret, but its value',
    answers: { 200: one },
    handle: live.read
  }),
  endpoint({
    method: 'POST',
    path: '/secrets',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'secrets',
    summary: 'Store a secret',
    body: SecretUpload,
    answers: { 201: one },
    audits: 'secrets.create',
    handle: async (request) => live.answer(201, await createSecret(request, request.body))
  }),
  endpoint({
    method: 'PATCH',
    path: '/secrets/:id',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'secrets',
    summary: 'Change a secret: absent fields stay; a new value is used at once',
    body: SecretChange,
    needsVersion: true,
    answers: { 200: one },
    audits: 'secrets.update',
    handle: live.change
  }),
  endpoint({
    method: 'DELETE',
    path: '/secrets/:id',
    permission: 'publisher',
    tenantScoped: true,
    tag: 'secrets',
    summary: 'Delete a secret that nothing names any more',
    needsVersion: true,
    answers: { 204: { description: 'Deleted, with its value.' } },
    audits: 'secrets.delete',
    handle: live.remove
  })
]
