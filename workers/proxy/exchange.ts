import { matchRoute } from '../../shared/routing/match-route.ts'
import { normalizePath } from '../../shared/routing/normalize-path.ts'
import { REFUSALS, type Refusal } from '../http1/refusal.ts'
import { RequestBody } from '../http1/request-body.ts'
import { RequestHead } from '../http1/request-head.ts'
import { PRESSURE } from '../state/signals.ts'
import { RequestRecord } from '../telemetry/request-record.ts'
import type { OriginConnection } from '../upstreams/origin-connection.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import { chooseTarget } from './choose-target.ts'
import type { Client } from './client.ts'
import { clientFailure, FAILURES, type ProxyFailure } from './failure.ts'
import { forwardHead, transformedHead } from './forward-head.ts'
import { OriginResponse, type ResponseOwner } from './origin-response.ts'
import { RequestContext } from './request-context.ts'
import { RequestReplay } from './request-replay.ts'
import type { Runtime, RuntimeRoute, RuntimeTarget, RuntimeUpstream } from './runtime.ts'

/** Methods that may be repeated (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Serves one request: route, target, origin connection, relay. Used again for other requests, also of other connections. */
export class Exchange implements ResponseOwner, AttemptOwner {
  readonly head = new RequestHead()
  readonly body = new RequestBody()
  readonly record = new RequestRecord()
  readonly replay = new RequestReplay()
  readonly context = new RequestContext()
  readonly #response = new OriginResponse(this)
  readonly #attempt = new Attempt(this, this.#response)
  readonly #tried: RuntimeTarget[] = []
  #client: Client | null = null
  #route: RuntimeRoute | null = null
  #target: RuntimeTarget | null = null
  #path = ''
  #outgoing = ''
  #startedAt = 0
  #retriesLeft = 0
  #hasMetStale = false
  #isRepeatable = false
  #isActive = false
  lastActivity = 0

  /** The connection that the exchange serves; only while it does. */
  get client(): Client {
    return this.#client!
  }

  set client(client: Client | null) {
    this.#client = client
  }

  get origin(): OriginConnection | null {
    return this.#attempt.origin
  }

  get route(): RuntimeRoute | null {
    return this.#route
  }

  get upstream(): RuntimeUpstream | null {
    return this.#route === null ? null : this.#route.upstream
  }

  /** The origin can take more of the request body. */
  get takesBody(): boolean {
    return this.#attempt.isConnected
  }

  get hasWaitingBody(): boolean {
    return this.origin !== null && this.origin.socket.writableLength > 0
  }

  get hasStarted(): boolean {
    return this.#response.hasStarted
  }

  /** Begins with the request in head. What of the body came with it is in body.first, in the origin's form. */
  begin(): void {
    const { state, current, signals } = this.client.thread
    this.#startedAt = this.lastActivity = state.now
    this.#tried.length = 0
    this.#hasMetStale = false
    this.#response.reset()
    state.counted.inFlight++
    this.#isActive = true
    this.context.begin(this.client, this.record.requestId)
    this.#note()
    const failure = signals.memoryPressure === PRESSURE.critical ? FAILURES.overloaded : current === null ? FAILURES.noConfiguration : this.#admit(current)
    if (failure !== null) return this.#fail(failure)
    if (this.head.expectsContinue && !this.body.isComplete) this.client.write('HTTP/1.1 100 Continue\r\n\r\n')
    this.#next(false)
  }

  #note(): void {
    const { head, record } = this
    record.method = head.method
    record.host = head.host
    record.path = head.rawPath
    record.query = head.query
    record.traceparent = head.traceparent
  }

  /** Finds the route; `current` was read once and is not looked at again for this request. */
  #admit(current: Runtime): ProxyFailure | null {
    const { head, body, record } = this
    const listener = current.listeners.get(this.client.key)
    if (listener === undefined) return FAILURES.noRoute
    record.listenerName = listener.config.name
    record.accessLog = listener.accessLog
    const path = head.rawPath === '*' ? '*' : normalizePath(head.rawPath)
    if (path === null) {
      head.keepAlive = false
      return clientFailure(REFUSALS.badTarget)
    }
    record.path = this.#path = path
    const found = path === '*' ? null : matchRoute(current.routes, listener.config.id, head.host, head.hostPort, path, head.method)
    if (found === null) return FAILURES.noRoute
    const route = current.actions[found.index]!
    this.#route = route
    record.routeSlot = route.slot
    record.routeName = route.name
    body.maxBytes = route.maxRequestBodyBytes ?? listener.config.limits.maxRequestBodyBytes
    if (body.maxBytes > 0 && (head.contentLength > body.maxBytes || body.bytes > body.maxBytes)) return clientFailure(REFUSALS.bodyTooLarge)
    return route.upstream === null ? FAILURES.noAvailableTarget : this.#aim(route, route.upstream)
  }

  /** Prepares the attempts at the route's upstream. */
  #aim(route: RuntimeRoute, upstream: RuntimeUpstream): ProxyFailure | null {
    const { state } = this.client.thread
    this.record.upstreamName = upstream.name
    upstream.row.countRequest(state.now)
    this.#isRepeatable = IDEMPOTENT.has(this.head.method) || route.retry.nonIdempotent
    this.#retriesLeft = route.retry.attempts
    this.replay.begin(this.#isRepeatable && !this.body.isComplete)
    if (route.totalMs > 0) this.client.arm(this.#startedAt + route.totalMs)
    this.client.arm(this.#startedAt + route.activityMs)
    return null
  }

  /** Makes the next attempt: at another target, or `fresh` at the same one. */
  #next(fresh: boolean): void {
    const { client, head, record } = this
    const route = this.#route!
    const upstream = route.upstream!
    const { now } = client.thread.state
    const target = fresh ? this.#tried.at(-1)! : chooseTarget(upstream, route.pick, this.#tried, now)
    if (target === null) return this.#fail(FAILURES.noAvailableTarget)
    if (!fresh) this.#tried.push(target)
    this.#target = target
    record.targetId = target.id
    record.attempts++
    const path = route.forwardsRawPath ? head.rawPath : this.#path
    const text = route.transforms === null ? forwardHead(head, path, target.hostHeader, client.clientAddress, record.requestId) : transformedHead(route.transforms, head, path, target.hostHeader, this.context)
    this.#outgoing = text + this.body.first
    this.#response.reset()
    this.#attempt.begin(target, route, now, this.#isRepeatable, fresh)
  }

  onConnection(origin: OriginConnection): void {
    this.lastActivity = this.client.thread.state.now
    origin.write(this.#outgoing)
    this.replay.writeTo(origin)
    this.client.resume()
  }

  waitUntil(time: number): void {
    this.client.arm(time)
  }

  onConnected(): void {
    this.#attempt.onConnected()
  }

  /** More of the request body. Returns how many bytes wait to be written. */
  onBody(data: Buffer): number {
    const { origin } = this
    this.lastActivity = this.client.thread.state.now
    this.replay.keep(data)
    if (origin === null || !this.#attempt.isConnected) return 0
    origin.socket.write(data)
    return origin.socket.writableLength
  }

  onBodyRefused(refusal: Refusal): void {
    this.head.keepAlive = false
    this.#fail(clientFailure(refusal))
  }

  onClientDrain(): void {
    this.lastActivity = this.client.thread.state.now
    this.origin?.resume()
  }

  /** Lets go of everything; the client is gone. */
  onClientClose(): void {
    this.record.failureCode ||= 'client_closed'
    this.#letGo()
  }

  onOriginClose(hasBytes: boolean, error: string): void {
    this.onAttemptFailed(this.#attempt.failureAtClose(hasBytes, error))
  }

  /** The response's status says that the attempt failed, and another one may be made. */
  retriesStatus(status: number): boolean {
    const { retry } = this.#route!
    return retry.statuses.length > 0 && retry.statuses.includes(status) && this.#mayRetry(FAILURES.retriedStatus)
  }

  onStatusRetried(status: number): void {
    this.upstream!.health.answered(this.#target!, status, this.client.thread.state.now)
    this.#tryAgain(false)
  }

  /** The attempt failed. Makes another one where that is safe and allowed, else answers or cuts. */
  onAttemptFailed(failure: ProxyFailure): void {
    const { upstream } = this
    if (failure.side === 'origin' && failure.retry !== 'fresh-connection' && upstream !== null && this.#target !== null) {
      upstream.health.failed(this.#target, failure.code, this.client.thread.state.now)
    }
    if (this.#mayRetry(failure)) return this.#tryAgain(failure.retry === 'fresh-connection')
    this.#fail(failure)
  }

  #mayRetry(failure: ProxyFailure): boolean {
    if (this.#response.hasStarted || failure.retry === 'never') return false
    if (failure.retry !== 'another-target' && !(this.#isRepeatable && this.replay.isWhole)) return false
    const { retry, upstream } = this.#route!
    // Neither of these two puts more load on a target that is not well.
    if (failure === FAILURES.targetBusy) return this.#tried.length < upstream!.targets.length
    if (failure.retry === 'fresh-connection') {
      const isFirst = !this.#hasMetStale
      this.#hasMetStale = true
      return isFirst
    }
    const { now } = this.client.thread.state
    if (this.#retriesLeft === 0 || !upstream!.row.takeRetry(now, retry.budgetPercent, retry.minPerSecond)) return false
    this.#retriesLeft--
    return true
  }

  #tryAgain(fresh: boolean): void {
    // Until the next attempt is connected nothing may be lost of the body.
    if (!this.body.isComplete) this.client.pause()
    this.#attempt.release()
    this.#next(fresh)
  }

  #fail(failure: ProxyFailure): void {
    const { client } = this
    this.record.failureCode = failure.code
    if (this.#response.hasStarted) return client.destroy()
    this.#letGo()
    client.answer(failure)
  }

  /** The whole response went to the client. `reusable` tells that the origin's connection may serve another request. */
  onResponseComplete(status: number, reusable: boolean, keepAliveSeconds: number, close: boolean): void {
    const { client } = this
    const { now } = client.thread.state
    this.upstream?.health.answered(this.#target!, status, now)
    this.origin?.readIntoSharedBuffer(client.socket.writableLength === 0)
    this.#attempt.complete(reusable, keepAliveSeconds, now)
    this.#letGo()
    client.onResponseEnd(close)
  }

  #letGo(): void {
    this.#attempt.release()
    this.#target = null
    this.#route = null
    this.#outgoing = ''
    this.body.first = ''
    this.replay.forget()
    if (!this.#isActive) return
    this.#isActive = false
    this.client.thread.state.counted.inFlight--
  }

  /** Looks at the timeouts. Returns when to look again. */
  onTime(now: number): number {
    const route = this.#route
    if (route === null) return Infinity
    const totalAt = route.totalMs > 0 ? this.#startedAt + route.totalMs : Infinity
    if (now >= totalAt) this.#fail(FAILURES.totalTimeout)
    else {
      const failure = this.#attempt.timedOut(now) ?? this.#response.timedOut(now, route)
      if (failure !== null) this.onAttemptFailed(failure)
    }
    return Math.min(totalAt, this.#attempt.deadline, this.#response.dueAt(route))
  }
}
