import type { ApiAnswer, ApiCall } from './api-client.ts'

/** Ids of a small draft that can be published. */
export interface SmallDraft {
  listenerId: string
  upstreamId: string
  routeId: string
}

/** Adds one listener, one upstream and one route; `name` keeps several apart. */
export async function createSmallDraft(call: ApiCall, name = 'small', port = 20_000): Promise<SmallDraft> {
  const listenerId = (await created(call, '/listeners', { name, protocol: 'http', port })).id
  const upstreamId = (await created(call, '/upstreams', { name, targets: [{ id: 'a', address: 'http://127.0.0.1:8080' }] })).id
  const routeId = (await created(call, '/routes', { name, isGlobal: true, listenerIds: [listenerId], upstreamId, match: { path: { type: 'prefix', value: `/${name}` } } })).id
  return { listenerId, upstreamId, routeId }
}

/** The body of a POST that must succeed. */
export async function created(call: ApiCall, path: string, body: unknown): Promise<any> {
  const answer = await call('POST', path, body)
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** Changes a resource with the version it has now. */
export async function patched(call: ApiCall, path: string, change: unknown): Promise<any> {
  const { headers } = await call('GET', path)
  const answer = await call('PATCH', path, change, { 'if-match': headers.get('etag') ?? '' })
  if (answer.status !== 200) throw new Error(`PATCH ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

export async function removed(call: ApiCall, path: string): Promise<ApiAnswer> {
  const { headers } = await call('GET', path)
  return call('DELETE', path, undefined, { 'if-match': headers.get('etag') ?? '' })
}

/** Validates the draft and publishes just that. */
export async function publishDraft(call: ApiCall, more: object = {}): Promise<ApiAnswer> {
  const { body } = await call('POST', '/config/validate')
  return call('POST', '/config/publish', { expectedRevision: body.live?.revision ?? 0, expectedDraftHash: body.draftHash, note: 'test', ...more })
}
