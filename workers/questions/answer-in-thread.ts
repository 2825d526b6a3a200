import { describeCertificates } from '../tls/describe-certificates.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { countConnections, describeConnections } from '../websocket/describe-connections.ts'
import type { OpenWebSockets } from '../websocket/open-web-sockets.ts'
import type { WebSocket } from '../websocket/web-socket.ts'
import type { ThreadQuestion } from './thread-question.ts'

/** As much of an engine as it takes. */
interface AnsweringEngine {
  readonly webSockets: OpenWebSockets
  stats(): { readonly refusals: unknown[] }
  targets(upstreamId: string): unknown[]
  listeners(): Parameters<typeof describeCertificates>[0]
}

/** A thread's answer. */
export function answerInThread(question: ThreadQuestion, telemetry: Pick<Telemetry, 'recent'>, { webSockets, listeners, stats, targets }: AnsweringEngine): unknown[] {
  switch (question.kind) {
    case 'recent':
      return telemetry.recent()
    case 'connections':
      return describeConnections(ofTenants(webSockets.list(), question.tenants), question.filter)
    case 'connectionCounts':
      return countConnections(webSockets.list())
    case 'refusals':
      return stats().refusals
    case 'targets':
      return targets(question.upstreamId)
    case 'closeConnection':
      return ofTenants(webSockets.list(), question.tenants).some(({ facts }) => facts.id === question.connectionId) && webSockets.close(question.connectionId) ? [true] : []
    case 'certificate':
      return describeCertificates(listeners(), question.name, question.port)
  }
}

function ofTenants(webSockets: readonly WebSocket[], tenants: readonly string[] | undefined): readonly WebSocket[] {
  return tenants === undefined ? webSockets : webSockets.filter(({ facts }) => tenants.includes(facts.tenant))
}
