import type { MatchRequest } from '../../shared/routing/match-request.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'

/** What decides about the route, read from the head of the request that an exchange serves. */
export class RequestMatch implements MatchRequest {
  readonly #head: RequestHead
  #fields = ''
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

  /** The head holds another request. */
  begin(): void {
    this.#fields = ''
  }

  /** Also those that the gateway does not forward as they are. Put together once: rules look at them again and again. */
  get fields(): string {
    if (this.#fields !== '') return this.#fields
    const { fields, forwarding, authority } = this.#head
    return (this.#fields = `${fields}${forwarding}Host: ${authority}\r\n`)
  }
}
