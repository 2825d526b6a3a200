import type { CompiledRoutes } from '../routing/compiled-routes.ts'
import type { ExplainRequest, Explanation } from '../schema/explain.ts'
import type { TargetOverride } from '../schema/operational-state.ts'
import type { RecentRequest } from '../schema/recent-request.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
import { explainRequest } from './explain-request.ts'

/** What would become now of a request that a data node remembers, which is neither its headers nor its query. */
export function explainServed(content: SnapshotContent, compiled: CompiledRoutes, request: RecentRequest, overrides: readonly TargetOverride[] = []): Explanation {
  return explainRequest(content, compiled, askedAgain(request), overrides, request)
}

function askedAgain({ method, scheme, host, port, path, client, listener, status }: RecentRequest): ExplainRequest {
  const authority = host === '' ? 'unknown.invalid' : port === 0 ? host : `${host}:${port}`
  return { method, url: `${scheme}://${authority}${path}`, headers: [], listener, clientAddress: client, websocket: status === 101, bodyBytes: 0 }
}
