import type { Refusal } from '../../shared/http1/refusal.ts'
import { RequestBody } from '../http1/request-body.ts'
import { RequestHead } from '../../shared/http1/request-head.ts'
import { PRESSURE } from '../state/signals.ts'
import { RequestRecord } from '../telemetry/request-record.ts'
import type { Origin } from '../upstreams/origin.ts'
import { withCors } from '../../shared/policies/compile-cors.ts'
import type { AdmittedRequest } from '../policies/admitted-request.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import { chooseDestination } from './choose-destination.ts'
import type { Client } from './client.ts'
import { clientFailure, FAILURES, type ProxyFailure } from './failure.ts'
import { bindingKey, originHead } from '../../shared/forwarding/origin-head.ts'
import { giveOwnAnswer, ownAnswerFields } from './give-own-answer.ts'
import { OriginResponse } from './origin-response.ts'
import type { ResponseOwner } from './response-owner.ts'
import { mirrorRequest } from './mirror-request.ts'
import { OutgoingRequest } from './outgoing-request.ts'
import { dropOwnTrailers } from './own-trailers.ts'
import type { OwnAnswer } from './own-answer.ts'
import { placeAttempt } from './place-attempt.ts'
import { RequestContext } from './request-context.ts'
import { RequestMatch } from './request-match.ts'
import { RetryState } from './retry-state.ts'
import type { ThreadContext } from './thread-context.ts'
import { webSocketOpener } from './web-socket-opener.ts'
import { Reception, type ReceivedRequest } from './reception.ts'
import type { RuntimeDestination, RuntimeRoute, RuntimeTarget, RuntimeUpstream } from './runtime.ts'

/** Serves one request: route, target, origin connection, relay. Used again for other requests, also of other connections. */
export class Exchange implements ResponseOwner, AttemptOwner, ReceivedRequest {
  readonly head = new RequestHead()
  readonly match = new RequestMatch(this.head)
  readonly body = new RequestBody()
  readonly record = new RequestRecord()
  readonly #outgoing = new OutgoingRequest()
  readonly context = new RequestContext()
  readonly #response = new OriginResponse(this)
  readonly #attempt = new Attempt(this, this.#response)
  readonly #retries = new RetryState()
  readonly #reception = new Reception(this)
  #client: Client | null = null
  #thread: ThreadContext | null = null
  #destination: RuntimeDestination | null = null
  #target: RuntimeTarget | null = null
  #startedAt = 0
  #isActive = false
  lastActivity = 0

  /** The connection that the exchange serves; only while it does. */
  get client(): Client {
    return this.#client!
  }

  set client(client: Client | null) {
    this.#client = client
  }

  get origin(): Origin | null {
    return this.#attempt.origin
  }

  get route(): RuntimeRoute | null {
    return this.#reception.route
  }

  get admitted(): AdmittedRequest {
    return this.#reception.admitted
  }

  get now(): number {
    return this.client.thread.state.now
  }

  get upstream(): RuntimeUpstream | null {
    return this.#destination?.upstream ?? null
  }

  /** The origin can take more of the request body. */
  get takesBody(): boolean {
    return this.#attempt.isConnected
  }

  /** Begins with the request in head. What of the body came with it is in body.first, in the origin's form. */
  begin(): void {
    this.#thread = this.client.thread
    const { state, current, signals } = this.#thread
    this.#startedAt = this.lastActivity = state.now
    this.#response.reset()
    state.counted.inFlight++
    this.#isActive = true
    this.context.begin(this.client, this.record.requestId)
    this.record.describe(this.head)
    if (signals.memoryPressure === PRESSURE.critical) return this.onTurnedAway(FAILURES.overloaded)
    if (current === null) return this.onTurnedAway(FAILURES.noConfiguration)
    this.#reception.begin(current)
  }

  onReceived(route: RuntimeRoute): void {
    if (route.answer !== null) return this.onAnswered(route.answer)
    const failure = this.#aim(route)
    if (failure !== null) return this.onTurnedAway(failure)
    if (this.head.expectsContinue && !this.body.isComplete) this.client.writeContinue()
    this.#next(false)
  }

  /** Prepares the attempts at one of the route's upstreams. */
  #aim(route: RuntimeRoute): ProxyFailure | null {
    const { state, random } = this.client.thread
    const destination = chooseDestination(route, this.context.clientIp, random)
    if (destination === null) return FAILURES.noAvailableTarget
    this.#destination = destination
    dropOwnTrailers(this, route, destination)
    this.record.upstreamName = destination.upstream.name
    destination.upstream.row.countRequest(state.now)
    this.#retries.begin(destination, this.head)
    this.#outgoing.begin(this.#retries.isRepeatable && !this.body.isComplete)
    if (route.mirror !== null && !this.head.isWebSocketUpgrade) this.#outgoing.mirrored = mirrorRequest(route, route.mirror, this)
    if (route.totalMs > 0) this.client.arm(this.#startedAt + route.totalMs)
    this.client.arm(this.#startedAt + route.activityMs)
    return null
  }

  /** Makes the next attempt: at another target, or `fresh` at the same one. */
  #next(fresh: boolean): void {
    const { tried, isRepeatable } = this.#retries
    const destination = this.#destination!
    const nowhere = fresh ? null : placeAttempt(destination, this.head, this.context, this.#retries, this.now)
    if (nowhere !== null) return this.onTurnedAway(nowhere)
    const target = tried.at(-1)!
    this.#target = target
    this.record.triedAt(target.id)
    this.#outgoing.head = originHead(this.route!, this.head, this.match.path, target.hostHeader, this.context, bindingKey(destination.upstream.affinity, this.context)) + this.body.first
    if (this.context.lacksSecret) return this.onTurnedAway(FAILURES.secretMissing)
    this.#response.reset()
    const guard = this.route!.admission?.responseGuard ?? null
    if (guard !== null) {
      this.#response.guard(guard, this.#startedAt)
      this.client.arm(this.#response.dueAt(this.route!))
    }
    this.#attempt.begin(target, destination, isRepeatable, fresh, this.head.isWebSocketUpgrade)
  }

  answerFields(fields: string): string {
    const cors = this.route?.admission?.cors ?? null
    return (cors === null ? fields : withCors(cors, fields, this.head.fields)) + this.#retries.bindingField
  }

  onConnection(origin: Origin): void {
    this.lastActivity = this.now
    this.#outgoing.writeTo(origin)
    this.client.resume()
  }

  waitUntil(time: number): void {
    this.client.arm(time)
  }

  onConnected(): void {
    this.#attempt.onConnected()
  }

  /** The request may be over by then, and nothing be left to cut. */
  onDefect(error: unknown): void {
    if (this.#client !== null) return this.#client.onDefect(error)
    this.#thread!.log.error({ err: error }, 'a defect in the proxy, behind a request')
    this.#thread!.state.countFailure('defect')
  }

  /** More of the request body. Returns how many bytes wait to be written. */
  onBody(data: Buffer): number {
    const { origin } = this
    this.lastActivity = this.now
    this.#outgoing.add(data, this.body.isComplete)
    if (origin === null || !this.#attempt.isConnected) return 0
    if (origin.waiting === 0) this.client.onBodyWritten()
    origin.write(data)
    return origin.waiting
  }

  onBodyRefused(refusal: Refusal): void {
    this.head.keepAlive = false
    this.onTurnedAway(clientFailure(refusal))
  }

  onClientDrain(): void {
    this.lastActivity = this.now
    this.#response.onClientDrain()
    if (this.client.isClear) this.origin?.reclaimBuffers()
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

  /** Makes another attempt when the response's status says that this one failed, and another one may be made. */
  retriesStatus(status: number): boolean {
    if (!this.#destination!.retry.statuses.includes(status) || !this.#mayRetry(FAILURES.retriedStatus)) return false
    this.upstream!.health.answered(this.#target!, status, this.now)
    this.#tryAgain(false)
    return true
  }

  /** The attempt failed. Makes another one where that is safe and allowed, else answers or cuts. */
  onAttemptFailed(failure: ProxyFailure): void {
    const { upstream } = this
    const isOfTarget = failure.side === 'origin' && failure.retry !== 'fresh-connection'
    if (isOfTarget && upstream !== null && this.#target !== null) upstream.health.failed(this.#target, failure.code, this.now)
    if (this.#mayRetry(failure)) return this.#tryAgain(failure.retry === 'fresh-connection')
    this.onTurnedAway(failure)
  }

  #mayRetry(failure: ProxyFailure): boolean {
    if (this.#response.hasStarted || this.#destination === null) return false
    return this.#retries.take(failure, this.#destination, this.#outgoing.isRepeatable, this.now)
  }

  #tryAgain(fresh: boolean): void {
    // Until the next attempt is connected nothing may be lost of the body.
    if (!this.body.isComplete) this.client.pause()
    this.#attempt.release()
    this.#next(fresh)
  }

  onTurnedAway(failure: ProxyFailure, more = ''): void {
    const { client } = this
    this.record.failureCode = failure.code
    const route = this.route
    // Also of the origin: what it still sends must not fail a second time.
    this.#letGo()
    if (this.#response.hasStarted) return client.destroy()
    client.answer(failure, route === null ? null : (fields) => ownAnswerFields(route, failure.status, fields + more, this))
  }

  onAnswered(answer: OwnAnswer): void {
    const { client } = this
    const close = giveOwnAnswer(answer, this.route!, this)
    this.#letGo()
    client.onResponseEnd(close, '')
  }

  onSwitched(fields: string, rest: Buffer): void {
    const target = this.#target!
    this.upstream?.health.answered(target, 101, this.now)
    const open = webSocketOpener(this.route!, this, () => this.#handOver(), () => target.row.leave())
    this.client.switchProtocols(fields + this.#retries.bindingField, open, rest)
  }

  /** Not before the client has its answer: until then, whatever ends the request ends the origin's connection too. */
  #handOver(): Origin {
    const origin = this.#attempt.handOver()!
    this.#letGo()
    return origin
  }

  /** The whole response went to the client. `reusable` tells that the origin's connection may serve another request. */
  onResponseComplete(status: number, reusable: boolean, keepAliveSeconds: number, close: boolean, trailers: string): void {
    const { client, now } = this
    this.upstream?.health.answered(this.#target!, status, now)
    this.origin?.readIntoSharedBuffer(client.isClear)
    this.#attempt.complete(reusable, keepAliveSeconds, now)
    this.#letGo()
    client.onResponseEnd(close, trailers)
  }

  #letGo(): void {
    this.#attempt.release()
    this.#response.abandon()
    this.#target = this.#destination = null
    this.#reception.forget()
    this.#outgoing.forget()
    this.body.first = ''
    if (!this.#isActive) return
    this.#isActive = false
    this.client.thread.state.counted.inFlight--
  }

  /** Looks at the timeouts. Returns when to look again. */
  onTime(now: number): number {
    const route = this.route
    if (route === null) return Infinity
    const totalAt = route.totalMs > 0 ? this.#startedAt + route.totalMs : Infinity
    if (now >= totalAt) this.onTurnedAway(FAILURES.totalTimeout)
    else {
      const failure = this.#attempt.timedOut(now) ?? this.#response.timedOut(now, route)
      if (failure !== null) this.onAttemptFailed(failure)
    }
    return Math.min(totalAt, this.#attempt.deadline, this.#response.dueAt(route))
  }
}
