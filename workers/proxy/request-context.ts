import type { BelievedClient } from '../../shared/forwarding/believe-proxy.ts'
import { NO_TOKEN, type TokenIdentity } from '../../shared/identity/token-identity.ts'
import type { PathTemplate } from '../../shared/routing/template/path-template.ts'
import { readRouteValues } from '../../shared/routing/template/route-template.ts'
import { RouteValues } from '../../shared/routing/template/route-values.ts'
import type { TransformContext } from '../../shared/transforms/drafts.ts'
import type { Challenges } from '../state/challenges.ts'
import type { Client } from './client.ts'

/** What transforms of a route may insert, read from the request that an exchange serves. */
export class RequestContext implements TransformContext {
  requestId = ''
  tenant = ''
  user = ''
  /** How the tenant is known; '' where there is none. */
  tenantSource: 'token' | 'header' | '' = ''
  /** What its token says. */
  token: TokenIdentity = NO_TOKEN
  /** A transform needed a secret that is not there: the request must not go out without it. */
  lacksSecret = false
  #client: Client | null = null
  #believed: BelievedClient | null = null
  #template: PathTemplate | null = null
  #path = ''
  readonly #values = new RouteValues()
  #hasValues = false
  /** The values are those of another reading of the path, which holds no escapes. */
  #isLoose = false

  begin(client: Client, requestId: string): void {
    this.#client = client
    this.requestId = requestId
    this.lacksSecret = false
    this.#believed = null
  }

  /** What certificate authorities are answered at the moment. */
  get challenges(): Challenges | null {
    return this.#client?.thread.state.challenges ?? null
  }

  get scheme(): 'http' | 'https' {
    return this.#believed?.scheme ?? this.#client?.peer.scheme ?? 'http'
  }

  get clientIp(): string {
    return this.#believed?.address ?? this.peerIp
  }

  get peerIp(): string {
    return this.#client?.peer.address ?? ''
  }

  /** What a trusted proxy says about the client of this request. */
  believe(client: BelievedClient): void {
    this.#believed = client
  }

  get clientCertificate(): string {
    return this.#client?.peer.clientCertificate ?? ''
  }

  get clientPort(): number {
    return this.#believed === null ? this.#client?.peer.port ?? 0 : 0
  }

  get localIp(): string {
    return this.#client?.peer.localAddress ?? ''
  }

  get localPort(): number {
    return this.#client?.peer.localPort ?? 0
  }

  /** The pattern that the path fitted, if the route has one. */
  matched(template: PathTemplate | null, path: string): void {
    this.#template = template
    this.#path = path
    this.#hasValues = false
  }

  routeValue(name: string): string | null {
    return this.#found()?.get(name) ?? null
  }

  encodedRouteValue(name: string): string | null {
    const values = this.#found()
    return values === null || this.#isLoose ? null : values.getEncoded(name)
  }

  #found(): RouteValues | null {
    if (this.#template === null) return null
    if (!this.#hasValues) this.#isLoose = readRouteValues(this.#template, this.#path, this.#values)
    this.#hasValues = true
    return this.#values
  }

  secret(name: string): string | null {
    const value = this.#client?.thread.state.credentials.secret(name) ?? null
    this.lacksSecret ||= value === null
    return value
  }

  random(): number {
    return this.#client?.thread.random() ?? 0
  }
}
