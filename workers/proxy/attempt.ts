import type { Origin, OriginUser } from '../upstreams/origin.ts'
import { REQUEST_NOT_SENDABLE, STREAM_REFUSED } from '../upstreams/http2/stream-errors.ts'
import type { PoolSettings, PoolWaiter, TargetPool } from '../upstreams/target-pool.ts'
import { FAILURES, type ProxyFailure } from './failure.ts'
import type { RuntimeTarget } from './runtime.ts'

/** A request that may not be repeated takes only connections that were used just now: they are hardly ever stale. */
const YOUNG_MS = 1_000

const IDLE = 0
/** A place is reserved, but the name has no address yet. */
const NAME = 1
const QUEUED = 2
const CONNECTING = 3
const CONNECTED = 4

/** The request an attempt is made for. */
export interface AttemptOwner {
  /** The thread's time. */
  readonly now: number
  /** A connection is there: the request is to be written. */
  onConnection(origin: Origin): void
  onAttemptFailed(failure: ProxyFailure): void
  /** The attempt waits for something until this time. */
  waitUntil(time: number): void
}

export interface AttemptTimes {
  readonly connectMs: number
  readonly queueMs: number
}

/** One try at one target: an idle connection, or a place in the queue, a name and a new connection. Used again for every attempt. */
export class Attempt implements PoolWaiter {
  readonly #owner: AttemptOwner
  /** Reads what the origin sends. */
  readonly user: OriginUser
  #target: RuntimeTarget | null = null
  #times: AttemptTimes = { connectMs: 0, queueMs: 0 }
  #phase = IDLE
  #number = 0
  #needsHttp1 = false
  /** When the phase is over, in the thread's time. */
  deadline = Infinity
  origin: Origin | null = null

  constructor(owner: AttemptOwner, user: OriginUser) {
    this.#owner = owner
    this.user = user
  }

  get settings(): PoolSettings {
    return this.#target!.settings
  }

  get isConnected(): boolean {
    return this.#phase === CONNECTED
  }

  /** `isRepeatable`: the request may be sent again when a kept connection turns out stale. `fresh`: take no kept one at all. `needsHttp1`: it is an upgrade. */
  begin(target: RuntimeTarget, times: AttemptTimes, isRepeatable: boolean, fresh: boolean, needsHttp1 = false): void {
    this.#needsHttp1 = needsHttp1
    this.#number++
    this.#target = target
    this.#times = times
    target.row.enter()
    if (!fresh) {
      const idle = target.pool.takeIdle(this.user, this.#owner.now, isRepeatable ? Infinity : YOUNG_MS)
      if (idle !== null) return this.#connected(idle)
    }
    if (target.pool.reserve(target.settings)) return this.onPlace(target.pool)
    if (target.settings.queueMax === 0 || !target.pool.wait(this)) return this.#owner.onAttemptFailed(FAILURES.targetBusy)
    this.#phase = QUEUED
    this.#wait(times.queueMs)
  }

  onIdle(connection: Origin): void {
    this.#connected(connection)
  }

  /** A reserved place of the pool becomes a connection, as soon as the name has an address. */
  onPlace(pool: TargetPool): void {
    this.#phase = NAME
    this.#wait(this.#times.connectMs)
    if (pool.name.addresses.length > 0) return this.#connect(pool)
    if (!pool.name.isPending) return this.#owner.onAttemptFailed(FAILURES.nameNotResolved)
    // Only right after a publish that brought the name: the first look-up is still under way.
    const number = this.#number
    pool.name.waiting.push(() => {
      if (number === this.#number && this.#phase === NAME) this.#connect(pool)
    })
  }

  /** The new connection can be written to. */
  onConnected(): void {
    if (this.#phase === CONNECTING && this.origin !== null) this.#connected(this.origin)
  }

  #connect(pool: TargetPool): void {
    if (pool.name.addresses.length === 0) return this.#owner.onAttemptFailed(FAILURES.nameNotResolved)
    if (!pool.isReady) return this.#owner.onAttemptFailed(FAILURES.certificateMissing)
    this.#phase = CONNECTING
    this.origin = pool.connect(this.user, this.#owner.now, this.#needsHttp1)
  }

  #connected(origin: Origin): void {
    this.origin = origin
    this.#phase = CONNECTED
    this.deadline = Infinity
    this.#owner.onConnection(origin)
  }

  #wait(ms: number): void {
    this.deadline = this.#owner.now + ms
    this.#owner.waitUntil(this.deadline)
  }

  /** Whether the phase took too long, and why; null when not. */
  timedOut(now: number): ProxyFailure | null {
    if (now < this.deadline) return null
    if (this.#phase === QUEUED) return FAILURES.queueTimeout
    if (this.#phase === CONNECTING) this.#target!.pool.avoid(this.origin!.address, now)
    return this.#phase === NAME ? FAILURES.nameNotResolved : FAILURES.connectTimeout
  }

  /** What it means that the origin's connection ended. `hasBytes`: something of an answer came before. */
  failureAtClose(hasBytes: boolean, error: string): ProxyFailure {
    const { origin } = this
    if (error === STREAM_REFUSED) return FAILURES.streamRefused
    if (error === REQUEST_NOT_SENDABLE) return FAILURES.requestNotSendable
    if (this.#phase === CONNECTING && origin !== null) {
      if (isOurLack(error)) return FAILURES.outOfFiles
      const { pool } = this.#target!
      if (origin.hasTcp && pool.isSecure) {
        pool.lastTlsError = error
        return FAILURES.tlsFailed
      }
      pool.avoid(origin.address, this.#owner.now)
      return FAILURES.connectFailed
    }
    if (hasBytes) return FAILURES.originClosed
    return origin?.isReused === true ? FAILURES.staleConnection : FAILURES.originReset
  }

  /** The response is whole: the connection goes back to the pool, or ends when it is not `reusable`. */
  complete(reusable: boolean, keepAliveSeconds: number, now: number): void {
    const { origin } = this
    const target = this.#target
    this.origin = null
    this.release()
    if (origin === null || target === null) return
    if (reusable && origin.waiting === 0) target.pool.giveBack(origin, now, keepAliveSeconds, target.settings)
    else origin.destroy()
  }

  /** The connection is somebody else's from now on, who also gives the target's place back. */
  handOver(): Origin | null {
    const { origin } = this
    this.origin = null
    this.#target = null
    this.#phase = IDLE
    this.#number++
    this.deadline = Infinity
    return origin
  }

  /** Lets go of everything: the attempt failed, or nobody wants its answer. */
  release(): void {
    const target = this.#target
    const phase = this.#phase
    this.#phase = IDLE
    this.#number++
    this.deadline = Infinity
    this.#target = null
    this.origin?.destroy()
    this.origin = null
    if (target === null) return
    target.row.leave()
    if (phase === QUEUED) target.pool.stopWaiting(this)
    if (phase === NAME) target.pool.release()
  }
}

/** This machine has no file or port left for the connection: nothing is wrong with the target. */
function isOurLack(error: string): boolean {
  return error === 'EMFILE' || error === 'ENFILE' || error === 'EADDRNOTAVAIL' || error === 'ENOBUFS'
}
