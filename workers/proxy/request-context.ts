import type { TransformContext } from '../../shared/transforms/drafts.ts'
import type { Client } from './client.ts'

/** What transforms of a route may insert, read from the request that an exchange serves. */
export class RequestContext implements TransformContext {
  requestId = ''
  readonly scheme = 'http'
  readonly clientCertificate = ''
  readonly tenant = ''
  readonly user = ''
  #client: Client | null = null

  begin(client: Client, requestId: string): void {
    this.#client = client
    this.requestId = requestId
  }

  get clientIp(): string {
    return this.#client?.clientAddress ?? ''
  }

  get clientPort(): number {
    return this.#client?.socket.remotePort ?? 0
  }

  get localIp(): string {
    const { localAddress = '' } = this.#client?.socket ?? {}
    return localAddress.startsWith('::ffff:') ? localAddress.slice(7) : localAddress
  }

  get localPort(): number {
    return this.#client?.socket.localPort ?? 0
  }

  routeValue(_name: string): string | null {
    return null
  }

  secret(_name: string): string | null {
    return null
  }

  random(): number {
    return this.#client?.thread.random() ?? 0
  }
}
