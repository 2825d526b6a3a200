import { copiedText } from '../copied-text.ts'
import type { AdmittedRequest } from '../policies/admitted-request.ts'
import { reauthorizationOf } from '../policies/authorization/reauthorization.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Origin } from '../upstreams/origin.ts'
import { WebSocket, type WebSocketFacts } from '../websocket/web-socket.ts'
import type { WebSocketEnd } from '../websocket/web-socket-end.ts'
import type { Client } from './client.ts'
import type { RequestContext } from './request-context.ts'
import type { RuntimeRoute } from './runtime.ts'

/** The request that becomes a WebSocket. */
interface UpgradedRequest {
  readonly client: Client
  readonly record: RequestRecord
  readonly context: RequestContext
  readonly admitted: AdmittedRequest
}

/** Opens the WebSocket once the client's end is there; `handOver` then forgets the request, of which everything is taken now. */
export function webSocketOpener(route: RuntimeRoute, request: UpgradedRequest, handOver: () => Origin, leave: () => void): (client: WebSocketEnd) => WebSocket {
  const { thread } = request.client
  const facts = factsOf(route, request)
  const reauthorization = reauthorizationOf(route.id, route.admission?.authorization?.reauthorizeMs ?? 0, request.admitted, () => thread.current)
  return (end) => new WebSocket(thread, facts, end, handOver(), leave, reauthorization)
}

function factsOf(route: RuntimeRoute, { client, record, context }: UpgradedRequest): WebSocketFacts {
  return {
    id: record.requestId,
    key: client.key,
    listener: record.listenerName,
    routeId: route.id,
    route: route.name,
    upstream: record.upstreamName,
    target: record.targetId,
    tenant: copiedText(context.tenant),
    user: copiedText(context.user),
    client: context.clientIp,
    host: copiedText(record.host),
    path: copiedText(record.path),
    since: Date.now(),
    idleMs: route.webSocketIdleMs,
    onRemove: route.onRemove
  }
}
