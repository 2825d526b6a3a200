import type { MatchRequest } from '../../shared/routing/match-request.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'

/** Longer lines are not kept for the next request. */
const MOST_CHARACTERS = 4096

/** What decides about the route, read from the head of the request that an exchange serves. */
export class RequestMatch implements MatchRequest {
  readonly #head: RequestHead
  #fields = ''
  #isCurrent = false
  /** What #fields was put together of: the next request mostly brings the same. */
  #from = { fields: '', forwarding: '', authority: '' }
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
    this.#isCurrent = false
  }

  /** Also those that the gateway does not forward as they are. Put together once: rules look at them again and again. */
  get fields(): string {
    if (this.#isCurrent) return this.#fields
    this.#isCurrent = true
    const { fields, forwarding, authority } = this.#head
    const from = this.#from
    if (authority !== '' && fields === from.fields && forwarding === from.forwarding && authority === from.authority) return this.#fields
    this.#fields = `${fields}${forwarding}Host: ${authority}\r\n`
    const isKept = this.#fields.length <= MOST_CHARACTERS
    from.fields = isKept ? fields : ''
    from.forwarding = isKept ? forwarding : ''
    from.authority = isKept ? authority : ''
    return this.#fields
  }
}
