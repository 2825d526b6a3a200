import type { RequestHead } from '../../shared/http1/request-head.ts'
import type { TransformContext } from '../../shared/transforms/drafts.ts'
import type { RequestBody } from '../http1/request-body.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Origin } from '../upstreams/origin.ts'
import type { Client } from './client.ts'
import type { ProxyFailure } from './failure.ts'
import type { RuntimeRoute, RuntimeUpstream } from './runtime.ts'

/** The exchange that a response belongs to. */
export interface ResponseOwner {
  readonly client: Client
  readonly head: RequestHead
  readonly body: RequestBody
  readonly record: RequestRecord
  readonly context: TransformContext
  readonly origin: Origin | null
  readonly route: RuntimeRoute | null
  readonly upstream: RuntimeUpstream | null
  /** The field lines that the client gets: with what binds it to its target, and what its CORS policy says. */
  answerFields(fields: string): string
  lastActivity: number
  onConnected(): void
  /** Our own code threw. */
  onDefect(error: unknown): void
  onAttemptFailed(failure: ProxyFailure): void
  onOriginClose(hasBytes: boolean, error: string): void
  /** Whether this status counts as a failed attempt and another one is made in place of it. */
  retriesStatus(status: number): boolean
  /** The origin agreed to a WebSocket. `rest` is what it sent behind the handshake. */
  onSwitched(fields: string, rest: Buffer): void
  /** `reusable` tells that the origin's connection may serve another request. */
  onResponseComplete(status: number, reusable: boolean, keepAliveSeconds: number, close: boolean, trailers: string): void
}
