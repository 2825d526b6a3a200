import { transformOwnAnswer } from '../../shared/transforms/apply-transforms.ts'
import type { Refusal } from '../../shared/http1/refusal.ts'
import { RequestBody } from '../http1/request-body.ts'
import { RequestHead } from '../../shared/http1/request-head.ts'
import type { TokenIdentity } from '../../shared/identity/token-identity.ts'
import { PRESSURE } from '../state/signals.ts'
import { RequestRecord } from '../telemetry/request-record.ts'
import type { OriginConnection } from '../upstreams/origin-connection.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import { chooseDestination } from './choose-destination.ts'
import type { Client } from './client.ts'
import { clientFailure, FAILURES, type ProxyFailure } from './failure.ts'
import { findRoute } from './find-route.ts'
import { bindingKey, originHead } from '../../shared/forwarding/origin-head.ts'
import { giveOwnAnswer } from './give-own-answer.ts'
import { OriginResponse, type ResponseOwner } from './origin-response.ts'
import { mirrorRequest } from './mirror-request.ts'
import type { MirroredRequest } from './mirrored-request.ts'
import type { OwnAnswer } from './own-answer.ts'
import { placeAttempt } from './place-attempt.ts'
import { RequestContext } from './request-context.ts'
import { RequestMatch } from './request-match.ts'
import { RequestReplay } from './request-replay.ts'
import { RetryState } from './retry-state.ts'
import { TokenWait, type TokenWaiter } from './token-wait.ts'
import { type Runtime, type RuntimeDestination, type RuntimeRoute, RuntimeTarget, type RuntimeUpstream } from './runtime.ts'

/** Serves one request: route, target, origin connection, relay. Used again for other requests, also of other connections. */
export class Exchange implements ResponseOwner, AttemptOwner, TokenWaiter {
  readonly head = new RequestHead()
  readonly match = new RequestMatch(this.head)
  readonly body = new RequestBody()
  readonly record = new RequestRecord()
  readonly replay = new RequestReplay()
  readonly context = new RequestContext()
  readonly #response = new OriginResponse(this)
  readonly #attempt = new Attempt(this, this.#response)
  readonly #retries = new RetryState()
  readonly #tokens = new TokenWait(this)
  #mirrored: MirroredRequest | null = null
  #client: Client | null = null
  #route: RuntimeRoute | null = null
  #destination: RuntimeDestination | null = null
  #target: RuntimeTarget | null = null
  #outgoing = ''
  #startedAt = 0
  #isActive = false
  lastActivity = 0
  /** Goes with the response: binds the client to its target. */
  bindingField = ''

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

  get now(): number {
    return this.client.thread.state.now
  }

  get upstream(): RuntimeUpstream | null {
    return this.#destination === null ? null : this.#destination.upstream
  }

  /** The origin can take more of the request body. */
  get takesBody(): boolean {
    return this.#attempt.isConnected
  }

  /** Begins with the request in head. What of the body came with it is in body.first, in the origin's form. */
  begin(): void {
    const { state, current, signals } = this.client.thread
    this.#startedAt = this.lastActivity = state.now
    this.#response.reset()
    state.counted.inFlight++
    this.#isActive = true
    this.context.begin(this.client, this.record.requestId)
    this.record.describe(this.head)
    if (signals.memoryPressure === PRESSURE.critical) return this.#fail(FAILURES.overloaded)
    if (current === null) return this.#fail(FAILURES.noConfiguration)
    const identity = this.#tokens.identityOf(current.identity.sources, this.head.fields)
    if (identity !== null) this.#serve(current, identity)
  }

  /** The token was verified; the request's body has waited. */
  onIdentity(identity: TokenIdentity): void {
    try {
      this.#serve(this.client.thread.current!, identity)
    } catch (error) {
      this.client.onDefect(error)
    }
  }

  /** `current` was read once and is not looked at again for this request. */
  #serve(current: Runtime, identity: TokenIdentity): void {
    const failure = identity.reason === 'busy' ? FAILURES.overloaded : this.#admit(current, identity)
    if (failure !== null) return this.#fail(failure)
    if (this.#route!.answer !== null) return this.#answer(this.#route!.answer)
    if (this.head.expectsContinue && !this.body.isComplete) this.client.write('HTTP/1.1 100 Continue\r\n\r\n')
    this.#next(false)
  }

  #admit(current: Runtime, identity: TokenIdentity): ProxyFailure | null {
    const found = findRoute(current, this.client.key, identity, this)
    if ('status' in found) return found
    this.#route = found
    this.context.matched(found.template, this.match.path)
    return found.answer === null ? this.#aim(found) : null
  }

  /** Prepares the attempts at one of the route's upstreams. */
  #aim(route: RuntimeRoute): ProxyFailure | null {
    const { state, random } = this.client.thread
    const destination = chooseDestination(route, this.client.clientAddress, random)
    if (destination === null) return FAILURES.noAvailableTarget
    this.#destination = destination
    this.bindingField = ''
    this.record.upstreamName = destination.upstream.name
    destination.upstream.row.countRequest(state.now)
    this.#retries.begin(destination, this.head.method)
    this.replay.begin(this.#retries.isRepeatable && !this.body.isComplete)
    if (route.mirror !== null) this.#mirrored = mirrorRequest(route, route.mirror, this)
    if (route.totalMs > 0) this.client.arm(this.#startedAt + route.totalMs)
    this.client.arm(this.#startedAt + route.activityMs)
    return null
  }

  /** Makes the next attempt: at another target, or `fresh` at the same one. */
  #next(fresh: boolean): void {
    const { tried, isRepeatable } = this.#retries
    const destination = this.#destination!
    const target = fresh ? tried.at(-1)! : this.#choose(destination, this.now)
    if (target === null) return
    if (!fresh) tried.push(target)
    this.#target = target
    this.record.targetId = target.id
    this.record.attempts++
    this.#outgoing = originHead(this.#route!, this.head, this.match.path, target.hostHeader, this.context, bindingKey(destination.upstream.affinity, this.context)) + this.body.first
    this.#response.reset()
    this.#attempt.begin(target, destination, isRepeatable, fresh)
  }

  /** Null when there is none, or not the one that the client is bound to; then the request has failed. */
  #choose(destination: RuntimeDestination, now: number): RuntimeTarget | null {
    const chosen = placeAttempt(destination, this.head, this.context, this.#retries.tried, now)
    if ('status' in chosen) {
      this.#fail(chosen)
      return null
    }
    if (chosen instanceof RuntimeTarget) return chosen
    this.bindingField = chosen.bindingField
    return chosen.target
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
    this.#mirrored?.onBody(data, this.body.isComplete)
    if (origin === null || !this.#attempt.isConnected) return 0
    if (origin.socket.writableLength === 0) this.client.onBodyWritten()
    origin.socket.write(data)
    return origin.socket.writableLength
  }

  onBodyRefused(refusal: Refusal): void {
    this.head.keepAlive = false
    this.#fail(clientFailure(refusal))
  }

  onClientDrain(): void {
    this.lastActivity = this.client.thread.state.now
    if (this.client.socket.writableLength === 0) this.origin?.reclaimBuffers()
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
    const { statuses } = this.#destination!.retry
    return statuses.length > 0 && statuses.includes(status) && this.#mayRetry(FAILURES.retriedStatus)
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
    if (this.#response.hasStarted || this.#destination === null) return false
    return this.#retries.take(failure, this.#destination, this.replay.isWhole, this.client.thread.state.now)
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
    const change = this.#route === null ? null : this.#route.transforms
    // Also of the origin: what it still sends must not fail a second time.
    this.#letGo()
    if (this.#response.hasStarted) return client.destroy()
    client.answer(failure, change === null ? null : (fields) => transformOwnAnswer(change, fields, this.context))
  }

  #answer(answer: OwnAnswer): void {
    const { client } = this
    const close = giveOwnAnswer(answer, this.#route!.transforms, this)
    this.#letGo()
    client.onResponseEnd(close)
  }

  /** The whole response went to the client. `reusable` tells that the origin's connection may serve another request. */
  onResponseComplete(status: number, reusable: boolean, keepAliveSeconds: number, close: boolean): void {
    const { client, now } = this
    this.upstream?.health.answered(this.#target!, status, now)
    this.origin?.readIntoSharedBuffer(client.socket.writableLength === 0)
    this.#attempt.complete(reusable, keepAliveSeconds, now)
    this.#letGo()
    client.onResponseEnd(close)
  }

  #letGo(): void {
    this.#attempt.release()
    this.#target = this.#destination = this.#route = null
    this.#outgoing = ''
    this.body.first = ''
    this.replay.forget()
    this.#mirrored = this.#mirrored?.drop() ?? null
    if (!this.#isActive) return
    this.#isActive = false
    this.#tokens.forget()
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
