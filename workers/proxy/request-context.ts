import { matchTemplate } from '../../shared/routing/template/match-template.ts'
import type { PathTemplate } from '../../shared/routing/template/path-template.ts'
import { RouteValues } from '../../shared/routing/template/route-values.ts'
import type { TransformContext } from '../../shared/transforms/drafts.ts'
import type { Client } from './client.ts'

/** What transforms of a route may insert, read from the request that an exchange serves. */
export class RequestContext implements TransformContext {
  requestId = ''
  readonly scheme = 'http'
  readonly clientCertificate = ''
  tenant = ''
  user = ''
  /** How the tenant is known; '' where there is none. */
  tenantSource: 'token' | 'header' | '' = ''
  #client: Client | null = null
  #template: PathTemplate | null = null
  #path = ''
  readonly #values = new RouteValues()
  #hasValues = false

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

  /** The pattern that the path fitted, if the route has one. */
  matched(template: PathTemplate | null, path: string): void {
    this.#template = template
    this.#path = path
    this.#hasValues = false
  }

  routeValue(name: string): string | null {
    if (this.#template === null) return null
    if (!this.#hasValues) matchTemplate(this.#template, this.#path, this.#values)
    this.#hasValues = true
    return this.#values.get(name)
  }

  secret(_name: string): string | null {
    return null
  }

  random(): number {
    return this.#client?.thread.random() ?? 0
  }
}
