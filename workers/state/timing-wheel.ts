/** Something that wants to be looked at when its time comes. */
export interface Timed {
  /** The tick it is looked at next; -1 when none is set. Written by the wheel, like `wheelPlace`. */
  wheelTick: number
  /** Where in its slot it is. */
  wheelPlace: number
  /** Its time came, or came near: deals with it, and returns when to look again (Infinity: never). */
  onTime(now: number): number
  /** `onTime` threw: ends itself, so that others are still looked at. */
  onDefect(error: unknown): void
}

const SLOTS = 512

/**
 * The timeouts of a thread, as coarse as its tick. Setting a later time costs nothing: whoever is looked at early says when
 * it wants to be looked at again. So a busy connection touches the wheel about once in the time of its shortest timeout.
 */
export class TimingWheel {
  readonly #slots: Timed[][] = Array.from({ length: SLOTS }, () => [])
  readonly #tickMs: number
  #tick: number

  constructor(tickMs: number, now: number) {
    this.#tickMs = tickMs
    this.#tick = Math.floor(now / tickMs)
  }

  /** Looks at `timed` at `time`, or earlier when it is in the wheel for an earlier time. */
  arm(timed: Timed, time: number): void {
    if (time === Infinity) return
    const tick = Math.max(this.#tick + 1, Math.min(Math.ceil(time / this.#tickMs), this.#tick + SLOTS - 1))
    if (timed.wheelTick !== -1 && timed.wheelTick <= tick) return
    this.disarm(timed)
    const slot = this.#slots[tick % SLOTS]!
    timed.wheelTick = tick
    timed.wheelPlace = slot.length
    slot.push(timed)
  }

  /** The wheel holds on to it no longer: thousands of streams and connections may end each second, long before their time. */
  disarm(timed: Timed): void {
    if (timed.wheelTick === -1) return
    const slot = this.#slots[timed.wheelTick % SLOTS]!
    const last = slot.pop()!
    if (last !== timed) {
      slot[timed.wheelPlace] = last
      last.wheelPlace = timed.wheelPlace
    }
    timed.wheelTick = -1
  }

  /** Looks at everything whose time has come. */
  advance(now: number): void {
    const target = Math.floor(now / this.#tickMs)
    // After a long pause of the thread one round meets everything.
    if (target - this.#tick > SLOTS) this.#tick = target - SLOTS
    while (this.#tick < target) {
      this.#tick++
      const slot = this.#slots[this.#tick % SLOTS]!
      // Whoever is armed meanwhile comes into another slot.
      for (let timed = slot.pop(); timed !== undefined; timed = slot.pop()) this.#look(timed, now)
    }
  }

  #look(timed: Timed, now: number): void {
    timed.wheelTick = -1
    try {
      this.arm(timed, timed.onTime(now))
    } catch (error) {
      timed.onDefect(error)
    }
  }
}
