import type { MatchRequest } from '../../shared/routing/match-request.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'

/** What decides about the route, read from the head of the request that an exchange serves. */
export class RequestMatch implements MatchRequest {
  readonly #head: RequestHead
  /** The normalized path. */
  path = ''
  tenantCode = ''

  constructor(head: RequestHead) {
    this.#head = head
  }

  get host(): string {
    return this.#head.host
  }

  get hostPort(): number {
    return this.#head.hostPort
  }

  get method(): string {
    return this.#head.method
  }

  get isWebSocket(): boolean {
    return this.#head.isWebSocketUpgrade
  }

  get query(): string {
    return this.#head.query
  }

  /** Also those that the gateway does not forward as they are. */
  get fields(): string {
    const { fields, forwarding, authority } = this.#head
    return `${fields}${forwarding}Host: ${authority}\r\n`
  }
}
