import { matchRoute } from '../../shared/routing/match-route.ts'
import { normalizePath } from '../../shared/routing/normalize-path.ts'
import { pickPowerOfTwoChoices } from '../balancing/power-of-two-choices.ts'
import { REFUSALS, type Refusal } from '../http1/refusal.ts'
import type { OriginConnection } from '../upstreams/origin-connection.ts'
import type { Client } from './client.ts'
import { clientFailure, FAILURES, type ProxyFailure } from './failure.ts'
import { forwardHead } from './forward-head.ts'
import { OriginResponse, type ResponseOwner } from './origin-response.ts'
import type { Runtime, RuntimeRoute, RuntimeTarget } from './runtime.ts'

const MOST_ATTEMPTS = 2

/** Methods that may be repeated (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Serves one request: route, target, origin connection, relay. One per client connection, used again for every request. */
export class Exchange implements ResponseOwner {
  readonly #client: Client
  readonly #response: OriginResponse
  #route: RuntimeRoute | null = null
  #target: RuntimeTarget | null = null
  #path = ''
  #firstBody = ''
  #outgoing = ''
  #attempts = 0
  #startedAt = 0
  #isWaitingForName = false
  #connectBy = 0
  #number = 0
  #isActive = false
  requestId = ''
  origin: OriginConnection | null = null
  lastActivity = 0

  constructor(client: Client) {
    this.#client = client
    this.#response = new OriginResponse(client, this)
  }

  /** The origin can take more of the request body. */
  get takesBody(): boolean {
    return this.origin !== null && this.origin.isConnected
  }

  get hasWaitingBody(): boolean {
    return this.origin !== null && this.origin.socket.writableLength > 0
  }

  /** Begins with the request in client.head. `firstBody` is what of the body came with it, in the origin's form. */
  begin(firstBody: string): void {
    const client = this.#client
    const { state, current } = client.thread
    this.#number++
    this.#attempts = 0
    this.#firstBody = firstBody
    this.#startedAt = this.lastActivity = state.now
    this.requestId = state.requestId()
    this.#response.reset()
    state.counted.inFlight++
    this.#isActive = true
    const failure = current === null ? FAILURES.noConfiguration : this.#admit(current)
    if (failure !== null) return this.#fail(failure)
    if (client.head.expectsContinue && !client.body.isComplete) client.write('HTTP/1.1 100 Continue\r\n\r\n')
    this.#attempt(null)
  }

  /** Finds the route; `current` was read once and is not looked at again for this request. */
  #admit(current: Runtime): ProxyFailure | null {
    const { head, body, key } = this.#client
    const listener = current.listeners.get(key)
    if (listener === undefined) return FAILURES.noRoute
    const path = head.rawPath === '*' ? '*' : normalizePath(head.rawPath)
    if (path === null) {
      head.keepAlive = false
      return clientFailure(REFUSALS.badTarget)
    }
    const found = path === '*' ? null : matchRoute(current.routes, listener.id, head.host, head.hostPort, path, head.method)
    if (found === null) return FAILURES.noRoute
    this.#path = path
    const route = current.actions[found.index]!
    this.#route = route
    body.maxBytes = route.maxRequestBodyBytes ?? listener.limits.maxRequestBodyBytes
    if (body.maxBytes > 0 && (head.contentLength > body.maxBytes || body.bytes > body.maxBytes)) return clientFailure(REFUSALS.bodyTooLarge)
    return null
  }

  #attempt(exclude: RuntimeTarget | null): void {
    const { thread, head, clientAddress } = this.#client
    const all = this.#route!.targets
    const choices = exclude === null || all.length < 2 ? all : all.filter((target) => target !== exclude)
    const target = pickPowerOfTwoChoices(choices, thread.random)
    if (target === null) return this.#fail(FAILURES.noAvailableTarget)
    this.#attempts++
    this.#target = target
    target.enter()
    this.#outgoing = forwardHead(head, this.#path, target.hostHeader, clientAddress, this.requestId) + this.#firstBody
    this.#response.reset()
    this.origin = target.pool.takeIdle(this.#response)
    if (this.origin === null) return this.#connect(target)
    this.origin.write(this.#outgoing)
  }

  #connect(target: RuntimeTarget): void {
    const { now } = this.#client.thread.state
    this.#connectBy = now + this.#route!.connectMs
    this.origin = target.pool.connect(this.#response, this.#connectBy)
    if (this.origin !== null) return
    const { name } = target.pool
    if (!name.isPending) return this.#fail(FAILURES.nameNotResolved)
    // Only right after a publish that brought the name: the first look-up is still under way.
    const number = this.#number
    this.#isWaitingForName = true
    name.waiting.push(() => {
      if (number !== this.#number || !this.#isWaitingForName) return
      this.#isWaitingForName = false
      if (name.addresses.length === 0) this.#fail(FAILURES.nameNotResolved)
      else this.#connect(target)
    })
  }

  onConnected(): void {
    this.lastActivity = this.#client.thread.state.now
    this.origin?.write(this.#outgoing)
    this.#client.resume()
  }

  /** More of the request body. Returns how many bytes wait to be written. */
  onBody(data: Buffer): number {
    const { origin } = this
    this.lastActivity = this.#client.thread.state.now
    if (origin === null) return 0
    // What was sent cannot be sent again, so the request can no longer be repeated.
    this.#attempts = MOST_ATTEMPTS
    origin.socket.write(data)
    return origin.socket.writableLength
  }

  onBodyRefused(refusal: Refusal): void {
    this.#client.head.keepAlive = false
    if (this.#response.hasStarted) this.#client.destroy()
    else this.#fail(clientFailure(refusal))
  }

  onClientDrain(): void {
    this.lastActivity = this.#client.thread.state.now
    this.origin?.resume()
  }

  onClientClose(): void {
    this.#release()
    this.#end()
  }

  /** The origin's connection failed or said what is not HTTP. Tries again where that is safe, else answers or cuts. */
  onOriginFailure(failure: ProxyFailure): void {
    const target = this.#target
    const { head, body } = this.#client
    const mayRetry = this.#attempts < MOST_ATTEMPTS && !this.#response.hasStarted
    this.#release()
    if (mayRetry && failure.retry === 'another-target') return this.#attempt(target)
    if (mayRetry && failure.retry === 'fresh-connection' && IDEMPOTENT.has(head.method) && body.isComplete && body.bytes === 0) return this.#attemptFresh(target!)
    this.#fail(failure)
  }

  #attemptFresh(target: RuntimeTarget): void {
    this.#attempts++
    this.#target = target
    target.enter()
    this.#response.reset()
    this.#connect(target)
  }

  #fail(failure: ProxyFailure): void {
    this.#release()
    this.#end()
    if (this.#response.hasStarted) this.#client.destroy()
    else this.#client.answer(failure, this.requestId)
  }

  /** The whole response went to the client. `reusable` tells that the origin's connection may serve another request. */
  onResponseComplete(reusable: boolean, keepAliveSeconds: number, close: boolean): void {
    const { origin } = this
    const target = this.#target
    if (origin !== null && target !== null) {
      this.origin = null
      origin.readIntoSharedBuffer(this.#client.socket.writableLength === 0)
      if (reusable && origin.socket.writableLength === 0) target.pool.giveBack(origin, this.#client.thread.state.now, keepAliveSeconds)
      else origin.destroy()
    }
    this.#release()
    this.#end()
    this.#client.onResponseEnd(close)
  }

  /** Lets go of target and origin connection. */
  #release(): void {
    this.origin?.destroy()
    this.origin = null
    this.#isWaitingForName = false
    this.#target?.leave()
    this.#target = null
  }

  /** Ends the exchange once; a connection that is cut for a failure closes afterwards. */
  #end(): void {
    if (!this.#isActive) return
    this.#isActive = false
    this.#number++
    this.#route = null
    this.#outgoing = ''
    this.#firstBody = ''
    this.#client.thread.state.counted.inFlight--
  }

  sweep(now: number): void {
    const route = this.#route
    if (route === null) return
    const isConnecting = this.#isWaitingForName || (this.origin !== null && !this.origin.isConnected)
    if (route.totalMs > 0 && now - this.#startedAt > route.totalMs) this.#fail(FAILURES.totalTimeout)
    else if (isConnecting && now > this.#connectBy) this.onOriginFailure(FAILURES.connectTimeout)
    else if (now - this.lastActivity > route.activityMs) this.#fail(FAILURES.responseTimeout)
  }
}
