import type { Database } from '../../db/database.ts'
import type { Answer, EndpointRequest } from '../http/endpoint.ts'
import { type TenantScope, tenantScopeOf } from '../tenancy/tenant-scope.ts'
import { etagOf, versionFrom } from './if-match.ts'
import type { Change } from './write-resource.ts'

/** How things of one kind that have versions but no draft are found, changed, removed and shown. */
export interface LiveKind<Row extends { version: number }, Wanted> {
  /** The part of the path that names one. */
  key: string
  /** @throws AppError not_found, also for one outside the scope */
  find(db: Database, key: string, scope: TenantScope | null): Promise<Row>
  change(change: Change, key: string, version: number, wanted: Wanted): Promise<Row>
  remove(change: Change, key: string, version: number): Promise<void>
  present(row: Row): unknown
}

/** What of a request is looked at, whatever its query and body. */
type Asked = Pick<EndpointRequest, 'deps' | 'params' | 'actor' | 'requestId' | 'header'>

/** What the endpoints of a live kind do. One that does not exist is said before a version that is missing. */
export function liveHandlers<Row extends { version: number }, Wanted>({ key, find, change, remove, present }: LiveKind<Row, Wanted>) {
  const answer = (status: number, row: Row): Answer => ({ status, body: present(row), headers: { etag: etagOf(row.version) } })
  const found = async ({ deps: { db }, params, actor }: Asked): Promise<Row> => find(db, params[key] ?? '', await tenantScopeOf(db, actor))
  const seen = async (request: Asked): Promise<[string, number]> => {
    await found(request)
    return [request.params[key] ?? '', versionFrom(request.header('if-match'))]
  }
  return {
    answer,
    seen,
    read: async (request: Asked) => answer(200, await found(request)),
    change: async (request: Asked & { body: Wanted }) => answer(200, await change(request, ...await seen(request), request.body)),
    async remove(request: Asked) {
      await remove(request, ...await seen(request))
      return { status: 204 }
    }
  }
}
