import type { OnRemove } from '../../shared/schema/route.ts'
import type { Timed } from '../state/timing-wheel.ts'
import type { Origin, OriginUser } from '../upstreams/origin.ts'
import type { Reauthorization } from '../policies/authorization/reauthorization.ts'
import { CLOSE, CLOSED_WITHOUT_FRAME, closeFrame } from './close-frame.ts'
import { FrameRelay } from './frame-relay.ts'
import { KEEP_ALIVE_MS, type WebSocketEnd } from './web-socket-end.ts'
import type { WebSocketThread } from './web-socket-thread.ts'

/** For the peers' own Close frames after one of ours, and for the second side after the first has ended. */
const CLOSING_MS = 2_000
/** Between two looks at who has it open, whatever is to be looked at. */
const LEAST_LOOK_MS = 1_000

/** What is known of a WebSocket from its beginning. Strings are its own, never slices of a head. */
export interface WebSocketFacts {
  /** That of its request. */
  readonly id: string
  /** endpointKey() of its port. */
  readonly key: string
  readonly listener: string
  readonly routeId: string
  readonly route: string
  readonly upstream: string
  readonly target: string
  /** '' where there is none. */
  readonly tenant: string
  readonly user: string
  readonly client: string
  readonly host: string
  readonly path: string
  /** Milliseconds of the clock. */
  readonly since: number
  /** Of the route when it began; 0: none. */
  readonly idleMs: number
  readonly onRemove: OnRemove
}

/**
 * An open WebSocket: bytes go both ways as they are. It is state: no configuration touches it but the removal of its route,
 * and then a Close frame ends it between two frames.
 */
export class WebSocket implements OriginUser, Timed {
  wheelTick = -1
  wheelPlace = -1
  readonly facts: WebSocketFacts
  readonly #thread: WebSocketThread<WebSocket>
  readonly #client: WebSocketEnd
  readonly #origin: Origin
  readonly #toClient: FrameRelay
  readonly #toOrigin: FrameRelay
  readonly #leave: () => void
  readonly #reauthorization: Reauthorization | null
  #lastActivity: number
  /** When a Close frame of ours is due. */
  #closeAt = Infinity
  #closeCode = 0
  /** When the connections are cut. */
  #cutAt = Infinity
  /** When it is looked again at who has it open. */
  #lookAt = Infinity
  #isOver = false

  /** `leave` gives the target's place back. The origin's connection is handed over with no user. */
  constructor(thread: WebSocketThread<WebSocket>, facts: WebSocketFacts, client: WebSocketEnd, origin: Origin, leave: () => void, reauthorization: Reauthorization | null = null) {
    this.facts = facts
    this.#thread = thread
    this.#client = client
    this.#origin = origin
    this.#leave = leave
    this.#reauthorization = reauthorization
    this.#toClient = new FrameRelay(client)
    this.#toOrigin = new FrameRelay(origin)
    this.#lastActivity = thread.state.now
    origin.user = this
    origin.readIntoSharedBuffer(false)
    origin.keepAlive(KEEP_ALIVE_MS)
    thread.webSockets.add(this)
    if (reauthorization !== null) this.#lookAt = thread.state.now + reauthorization.nextInMs()
    this.#arm()
  }

  get bytesIn(): number {
    return this.#toOrigin.bytes
  }

  get bytesOut(): number {
    return this.#toClient.bytes
  }

  get messagesIn(): number {
    return this.#toOrigin.messages
  }

  get messagesOut(): number {
    return this.#toClient.messages
  }

  /** Of the first Close frame that either side sent. */
  get closeCode(): number {
    return this.#toOrigin.closeCode || this.#toClient.closeCode || this.#closeCode || CLOSED_WITHOUT_FRAME
  }

  onClientData(buffer: Buffer, length: number): boolean {
    this.#lastActivity = this.#thread.state.now
    const goesOn = this.#toOrigin.take(buffer, length)
    // Our Close frame is answered.
    if (this.#toClient.isOver && this.#toOrigin.closeCode !== 0) this.#client.end()
    return goesOn || this.#cutAt !== Infinity
  }

  onOriginData(buffer: Buffer, length: number): boolean {
    this.#lastActivity = this.#thread.state.now
    const goesOn = this.#toClient.take(buffer, length)
    if (this.#toOrigin.isOver && this.#toClient.closeCode !== 0) this.#origin.end()
    return goesOn || this.#cutAt !== Infinity
  }

  onClientDrain(): void {
    this.#lastActivity = this.#thread.state.now
    this.#origin.resume()
  }

  onOriginDrain(): void {
    this.#lastActivity = this.#thread.state.now
    this.#client.resume()
  }

  /** One side will send no more: neither can a WebSocket. */
  onClientEnd(): void {
    this.#origin.end()
    this.#cutSoon()
  }

  onOriginEnd(): void {
    this.#client.end()
    this.#cutSoon()
  }

  onClientClose(): void {
    this.#end()
  }

  /** What the client has not taken yet it may still take. */
  onOriginClose(): void {
    if (this.#isOver) return
    this.#client.end()
    this.#cutSoon()
  }

  onOriginConnect(): void {}

  onDefect(error: unknown): void {
    this.#thread.log.error({ err: error }, 'a defect in a WebSocket; it was cut')
    this.#end()
  }

  /** Sends both sides a Close frame, after `delayMs`. */
  close(code: number, delayMs = 0): void {
    const at = this.#thread.state.now + delayMs
    if (this.#isOver || at >= this.#closeAt) return
    this.#closeAt = at
    this.#closeCode = code
    if (delayMs === 0) this.#sendClose()
    else this.#arm()
  }

  destroy(): void {
    this.#end()
  }

  /** Its route, or its port, is gone: does what was promised for that. */
  onRemoved({ connections, drainSeconds }: OnRemove, random: () => number): void {
    if (connections === 'close') this.close(CLOSE.serviceRestart)
    else if (connections === 'drain') this.close(CLOSE.serviceRestart, random() * drainSeconds * 1000)
  }

  #look(reauthorization: Reauthorization): void {
    this.#lookAt = Infinity
    reauthorization.look().then((may) => {
      if (!may) return this.close(CLOSE.policyViolation)
      this.#lookAt = this.#thread.state.now + Math.max(LEAST_LOOK_MS, reauthorization.nextInMs())
      if (!this.#isOver) this.#arm()
    }, (error: unknown) => this.onDefect(error))
  }

  #sendClose(): void {
    this.#closeAt = -Infinity
    this.#toClient.close(closeFrame(this.#closeCode, '', false))
    this.#toOrigin.close(closeFrame(this.#closeCode, '', true))
    this.#cutSoon()
    // Where a side is in the middle of a frame, the rest of it has to come.
    this.#client.resume()
    this.#origin.resume()
  }

  #cutSoon(): void {
    if (this.#cutAt !== Infinity) return
    this.#cutAt = this.#thread.state.now + CLOSING_MS
    this.#arm()
  }

  #arm(): void {
    this.#thread.wheel.arm(this, this.#dueAt())
  }

  #dueAt(): number {
    const idleAt = this.facts.idleMs > 0 ? this.#lastActivity + this.facts.idleMs : Infinity
    return this.#cutAt !== Infinity ? this.#cutAt : Math.min(this.#closeAt, idleAt, this.#lookAt)
  }

  onTime(now: number): number {
    if (this.#isOver) return Infinity
    if (now >= this.#cutAt) this.#end()
    else if (now >= this.#lookAt) this.#look(this.#reauthorization!)
    else if (this.#cutAt === Infinity && now >= this.#dueAt()) {
      this.#closeCode ||= CLOSE.goingAway
      this.#sendClose()
    }
    return this.#isOver ? Infinity : this.#dueAt()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#thread.wheel.disarm(this)
    this.#thread.webSockets.remove(this)
    this.#client.destroy()
    this.#origin.destroy()
    this.#leave()
  }
}
