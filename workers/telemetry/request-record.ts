import { performance } from 'node:perf_hooks'
/** What is known of one request. One per exchange, filled again for every request; strings may be slices of a head. */
export class RequestRecord {
  requestId = ''
  clientAddress = ''
  listenerName = ''
  /** 0: off, 1: sampled, 2: full. */
  accessLog = 0
  /** CompiledRoute.index; -1: no route. */
  routeSlot = -1
  routeName = ''
  upstreamName = ''
  /** '' where there is none. */
  tenant = ''
  /** How the tenant is known; '' where there is none. */
  tenantSource: 'token' | 'header' | '' = ''
  /** Of its token. */
  token: 'none' | 'valid' | 'invalid' = 'none'
  /** As the client asked, if a trusted proxy said so. */
  scheme: 'http' | 'https' = 'http'
  /** The last one tried. */
  targetId = ''
  method = ''
  host = ''
  /** Of the Host header, else that of the scheme; 0: not known. */
  port = 0
  path = ''
  /** With its "?", or empty. */
  query = ''
  traceparent = ''
  /** Of the answer; 0: there was none. */
  status = 0
  /** Why the gateway answered itself or cut the connection; '' when it did not. */
  failureCode = ''
  attempts = 0
  /** performance.now(). */
  startedAt = 0
  /** When the head of the origin's answer was there; 0: never. */
  firstByteAt = 0
  bytesIn = 0
  bytesOut = 0

  /** One more attempt, at this target. */
  triedAt(targetId: string): void {
    this.targetId = targetId
    this.attempts++
  }

  /** The listener that the request came in on, so that refused ones are logged too. */
  cameThrough(listener: { config: { name: string; protocol: 'http' | 'https' }; accessLog: number } | null): void {
    if (listener === null) return
    this.listenerName = listener.config.name
    this.scheme = listener.config.protocol
    this.accessLog = listener.accessLog
  }

  /** What the client asks for. */
  describe(head: { method: string; host: string; hostPort: number; rawPath: string; query: string; traceparent: string }): void {
    this.method = head.method
    this.host = head.host
    this.port = head.hostPort
    this.path = head.rawPath
    this.query = head.query
    this.traceparent = head.traceparent
  }

  begin(requestId: string, clientAddress: string): void {
    this.requestId = requestId
    this.clientAddress = clientAddress
    this.listenerName = ''
    this.accessLog = 0
    this.routeSlot = -1
    this.routeName = ''
    this.upstreamName = ''
    this.tenant = this.tenantSource = ''
    this.token = 'none'
    this.scheme = 'http'
    this.targetId = ''
    this.method = ''
    this.host = ''
    this.port = 0
    this.path = ''
    this.query = ''
    this.traceparent = ''
    this.status = 0
    this.failureCode = ''
    this.attempts = 0
    this.startedAt = performance.now()
    this.firstByteAt = 0
    this.bytesIn = 0
    this.bytesOut = 0
  }
}
