import type { Desired } from '../../shared/schema/node-api.ts'
import type { Log } from '../log.ts'
import type { ControlPlane } from './control-plane.ts'

/** At least so long between two questions, however many hints arrive. */
const LEAST_GAP_MS = 50
const FIRST_RETRY_MS = 500
const MOST_PREPARING_MS = 1_000

export interface ConfigPollerOptions {
  controlPlane: Pick<ControlPlane, 'config'>
  intervalSeconds: number
  /** The newest snapshot that was dealt with, applied or refused. */
  have(): Desired | null
  /** Gets the body of every answer that has one. */
  received(body: unknown): void
  /** The control plane answered; a good time to ask for what a new configuration may need. It is waited for a moment. */
  answered?(): Promise<void>
  log: Log
}

/**
 * Asks the control plane for the configuration: at the start, on every hint, and on a timer. One question at a time;
 * hints that come while one is open make one more.
 */
export class ConfigPoller {
  readonly #options: ConfigPollerOptions
  #timer: NodeJS.Timeout | undefined
  #isAsking = false
  #isWanted = false
  #stopped = false
  #failures = 0
  #lastAskedAt = -Infinity

  constructor(options: ConfigPollerOptions) {
    this.#options = options
  }

  /** Whether the last question was answered. */
  get isConnected(): boolean {
    return this.#failures === 0 && this.#lastAskedAt >= 0
  }

  /** Asks as soon as that is allowed. */
  poke(): void {
    this.#isWanted = true
    if (this.#isAsking || this.#stopped) return
    this.#schedule(Math.max(0, this.#lastAskedAt + LEAST_GAP_MS - performance.now()))
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#ask(), ms)
  }

  async #ask(): Promise<void> {
    this.#isAsking = true
    this.#isWanted = false
    try {
      const answer = await this.#options.controlPlane.config(this.#options.have())
      if (this.#failures > 0) this.#options.log.info('the control plane answers again')
      this.#failures = 0
      if (this.#stopped) return
      const prepared = this.#options.answered?.()
      if (answer.kind === 'config') await atMost(prepared, MOST_PREPARING_MS)
      if (answer.kind === 'config' && !this.#stopped) this.#options.received(answer.body)
    } catch (error) {
      if (this.#failures === 0) this.#options.log.warn(`the configuration cannot be asked for; what is served stays: ${(error as Error).message}`)
      this.#failures++
    }
    this.#isAsking = false
    this.#lastAskedAt = performance.now()
    if (this.#isWanted && this.#failures === 0) return this.poke()
    this.#schedule(this.#pauseMs())
  }

  /** After a failure sooner than on the timer at first, never all nodes at once. */
  #pauseMs(): number {
    const interval = this.#options.intervalSeconds * 1000
    if (this.#failures === 0) return interval
    const retry = Math.min(interval, FIRST_RETRY_MS * 2 ** Math.min(this.#failures - 1, 10))
    return retry * (0.75 + Math.random() * 0.5)
  }
}

async function atMost(prepared: Promise<void> | undefined, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([prepared, new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })])
  clearTimeout(timer)
}
