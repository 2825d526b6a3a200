import type { MatchRequest } from './match-request.ts'

/** A request with another reading of its path. */
export class LooseRequest implements MatchRequest {
  readonly #request: MatchRequest
  readonly path: string

  constructor(request: MatchRequest, path: string) {
    this.#request = request
    this.path = path
  }

  get host(): string {
    return this.#request.host
  }

  get hostPort(): number {
    return this.#request.hostPort
  }

  get method(): string {
    return this.#request.method
  }

  get isWebSocket(): boolean {
    return this.#request.isWebSocket
  }

  get tenantCode(): string {
    return this.#request.tenantCode
  }

  get query(): string {
    return this.#request.query
  }

  get fields(): string {
    return this.#request.fields
  }
}
