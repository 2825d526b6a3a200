import { HEAD, HeadBuffer } from '../http1/head-buffer.ts'
import { latin1Text } from '../http1/latin1-text.ts'
import { ResponseBody } from '../http1/response-body.ts'
import { parseResponseHead, ResponseHead } from '../http1/response-head.ts'
import type { Timed } from '../state/timing-wheel.ts'
import type { Origin, OriginUser } from '../upstreams/origin.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import type { ProxyFailure } from './failure.ts'
import type { RuntimeMirror, RuntimeTarget } from './runtime.ts'
import type { ThreadContext } from './thread-context.ts'

/** A longer copy, with its head, is not sent. */
const MOST_BYTES = 131_072
const MOST_HEAD_BYTES = 65_536
/** From the whole request to the whole answer. */
const MOST_MS = 30_000

/**
 * A copy of a request on its way to a mirror. It waits in memory until the request is whole, is sent once, and its answer is
 * thrown away; whatever becomes of it, the request itself does not notice.
 */
export class MirroredRequest implements AttemptOwner, OriginUser, Timed {
  wheelTick = -1
  wheelPlace = -1
  readonly #thread: ThreadContext
  readonly #mirror: RuntimeMirror
  readonly #target: RuntimeTarget
  readonly #method: string
  readonly #pieces: Buffer[]
  readonly #attempt = new Attempt(this, this)
  readonly #headBuffer = new HeadBuffer()
  readonly #head = new ResponseHead()
  readonly #body = new ResponseBody()
  #bytes = 0
  #endsAt = Infinity
  #hasHead = false
  #isOver = false

  /** `begun` is the head for the mirror, with what there is of the body, as latin1 text. */
  constructor(thread: ThreadContext, mirror: RuntimeMirror, target: RuntimeTarget, method: string, begun: string) {
    this.#thread = thread
    this.#mirror = mirror
    this.#target = target
    this.#method = method
    this.#pieces = [Buffer.from(begun, 'latin1')]
    this.#bytes = begun.length
    thread.state.counted.mirrored++
  }

  get now(): number {
    return this.#thread.state.now
  }

  /** More of the request's body. */
  onBody(data: Buffer, isWhole: boolean): void {
    if (this.#isOver) return
    this.#bytes += data.length
    if (this.#bytes > MOST_BYTES) this.#end()
    // The bytes lie in a buffer that is read into again.
    else this.#pieces.push(Buffer.from(data))
    if (isWhole) this.send()
  }

  /** The request is whole. */
  send(): void {
    if (this.#isOver) return
    const { destination } = this.#mirror
    this.#endsAt = this.now + MOST_MS
    destination.upstream.row.countRequest(this.now)
    this.#thread.wheel.arm(this, this.#endsAt)
    this.#attempt.begin(this.#target, destination, false, false)
  }

  /** The request ended before it was whole. */
  drop(): null {
    if (this.#endsAt === Infinity) this.#end()
    return null
  }

  onConnection(origin: Origin): void {
    for (const piece of this.#pieces) origin.write(piece)
    this.#pieces.length = 0
  }

  onAttemptFailed(failure: ProxyFailure): void {
    if (failure.side === 'origin' && failure.retry !== 'fresh-connection') this.#mirror.destination.upstream.health.failed(this.#target, failure.code, this.now)
    this.#end()
  }

  waitUntil(time: number): void {
    this.#thread.wheel.arm(this, time)
  }

  onTime(now: number): number {
    if (this.#isOver) return Infinity
    const failure = this.#attempt.timedOut(now)
    if (failure !== null) this.onAttemptFailed(failure)
    else if (now >= this.#endsAt) this.#end()
    return this.#isOver ? Infinity : Math.min(this.#attempt.deadline, this.#endsAt)
  }

  onOriginConnect(): void {
    this.#attempt.onConnected()
  }

  onOriginDrain(): void {}

  onOriginData(buffer: Buffer, length: number): boolean {
    if (this.#isOver) return true
    if (this.#hasHead) this.#body.take(buffer, length)
    else if (!this.#readHead(latin1Text(buffer, 0, length))) return true
    if (this.#body.isMalformed) this.#end()
    else if (this.#body.isComplete) this.#complete(this.#head.keepAlive && !this.#body.hasExtra)
    return true
  }

  /** Whether the final head is there. */
  #readHead(text: string): boolean {
    let piece = text
    this.#headBuffer.append(text)
    for (;;) {
      const found = this.#headBuffer.find(piece, MOST_HEAD_BYTES)
      if (found === HEAD.incomplete) return false
      const { end, bodyStart, text: whole } = this.#headBuffer
      if (found !== HEAD.complete || !parseResponseHead(whole, 0, end, this.#head) || this.#head.status === 101) {
        this.#end()
        return false
      }
      this.#headBuffer.consume(bodyStart)
      if (this.#head.status >= 200) {
        this.#hasHead = true
        this.#body.begin(this.#head, this.#method, false, null)
        this.#body.first(whole.slice(bodyStart))
        return true
      }
      piece = this.#headBuffer.text
      if (piece === '') return false
    }
  }

  #complete(reusable: boolean): void {
    const { now } = this
    this.#mirror.destination.upstream.health.answered(this.#target, this.#head.status, now)
    this.#attempt.complete(reusable, this.#head.keepAliveSeconds, now)
    this.#end()
  }

  onOriginEnd(): void {
    if (this.#hasHead && this.#body.endsWithConnection) this.#complete(false)
    else this.onOriginClose('')
  }

  onOriginClose(error: string): void {
    if (!this.#isOver) this.onAttemptFailed(this.#attempt.failureAtClose(this.#hasHead, error))
  }

  onDefect(error: unknown): void {
    this.#thread.log.error({ err: error }, 'a defect in the mirror; the copy was dropped')
    this.#end()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#pieces.length = 0
    this.#attempt.release()
    this.#thread.wheel.disarm(this)
    this.#thread.state.counted.mirrored--
  }
}
