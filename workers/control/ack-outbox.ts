import type { Ack } from '../../shared/schema/node-api.ts'
import type { Log } from '../log.ts'
import { type ControlPlane, ControlPlaneError } from './control-plane.ts'

const MAX_WAITING = 32
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000
/** Answers that say "not now"; any other refusal would be repeated. */
const TRY_AGAIN = new Set([401, 403, 408, 425, 429])

/**
 * Reports that must reach the control plane. Of one revision only the newest is kept, of all revisions the newest 32;
 * each is sent until it is taken.
 */
export class AckOutbox {
  readonly #controlPlane: Pick<ControlPlane, 'ack'>
  readonly #log: Log
  readonly #waiting = new Map<string, Ack>()
  #timer: NodeJS.Timeout | undefined
  #isSending = false
  #failures = 0
  #stopped = false

  constructor(controlPlane: Pick<ControlPlane, 'ack'>, log: Log) {
    this.#controlPlane = controlPlane
    this.#log = log
  }

  get waiting(): number {
    return this.#waiting.size
  }

  put(ack: Ack): void {
    const key = keyOf(ack)
    this.#waiting.delete(key)
    this.#waiting.set(key, ack)
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= MAX_WAITING) break
      this.#waiting.delete(oldest)
    }
    void this.#send()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #send(): Promise<void> {
    if (this.#isSending || this.#stopped) return
    this.#isSending = true
    clearTimeout(this.#timer)
    for (let ack = this.#oldest(); ack !== undefined && !this.#stopped; ack = this.#oldest()) {
      if (!await this.#deliver(ack)) break
      this.#failures = 0
      // A newer one for the same revision may have come meanwhile.
      if (this.#waiting.get(keyOf(ack)) === ack) this.#waiting.delete(keyOf(ack))
    }
    this.#isSending = false
    if (this.#waiting.size > 0 && !this.#stopped) this.#timer = setTimeout(() => void this.#send(), this.#pauseMs())
  }

  /** True when there is nothing left to do for this one. */
  async #deliver(ack: Ack): Promise<boolean> {
    try {
      await this.#controlPlane.ack(ack)
      return true
    } catch (error) {
      const status = error instanceof ControlPlaneError ? error.status : null
      if (status !== null && status >= 400 && status < 500 && !TRY_AGAIN.has(status)) {
        this.#log.error({ revision: ack.revision, status }, `the control plane does not take the report: ${(error as Error).message}`)
        return true
      }
      if (this.#failures++ === 0) this.#log.warn({ revision: ack.revision }, `the report is sent again later: ${(error as Error).message}`)
      return false
    }
  }

  #oldest(): Ack | undefined {
    return this.#waiting.values().next().value
  }

  #pauseMs(): number {
    return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 10)) * (0.75 + Math.random() * 0.5)
  }
}

function keyOf({ epoch, revision }: Ack): string {
  return `${epoch}.${revision}`
}
