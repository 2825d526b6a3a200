import type { RecentRequest } from '../../shared/schema/recent-request.ts'
import { copiedText } from '../copied-text.ts'
import type { RequestRecord } from './request-record.ts'

const MOST = 256

/** What is told of a request, without keeping anything of its head alive. */
export function recentRequest(record: RequestRecord, endedAt: number): RecentRequest {
  return {
    time: new Date().toISOString(),
    requestId: record.requestId,
    client: record.clientAddress,
    tenant: copiedText(record.tenant),
    tenantSource: record.tenantSource,
    token: record.token,
    scheme: record.scheme,
    port: record.port,
    listener: record.listenerName,
    route: record.routeName,
    upstream: record.upstreamName,
    target: record.targetId,
    method: copiedText(record.method),
    host: copiedText(record.host),
    path: copiedText(record.path),
    status: record.status,
    code: record.failureCode,
    attempts: record.attempts,
    durationMs: rounded(endedAt - record.startedAt),
    firstByteMs: record.firstByteAt === 0 ? 0 : rounded(record.firstByteAt - record.startedAt),
    bytesIn: record.bytesIn,
    bytesOut: record.bytesOut
  }
}

/** The last requests of a thread that were sampled. */
export class RecentRequests {
  readonly #ring: RecentRequest[] = []
  #next = 0

  add(request: RecentRequest): void {
    this.#ring[this.#next] = request
    this.#next = (this.#next + 1) % MOST
  }

  /** Newest first. */
  list(): RecentRequest[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)].reverse()
  }
}

/** Of the requests of several threads or processes those that are shown, newest first. */
export function newestOf(requests: readonly RecentRequest[]): RecentRequest[] {
  return requests.toSorted((a, b) => a.time === b.time ? 0 : a.time < b.time ? 1 : -1).slice(0, MOST)
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
