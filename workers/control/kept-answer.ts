import type { Log } from '../log.ts'
import type { KeptFile } from './kept-file.ts'

export interface KeptAnswerOptions<T> {
  /** Null when there is nothing new. */
  ask(): Promise<unknown>
  /** What came over the network, or null when it is something else. */
  decode(answer: unknown): T | null
  /** False when nothing of it can be used; then the disk keeps what it has. */
  use(value: T): boolean
  file: KeptFile<T>
  /** What is said once when asking fails. */
  complaint: string
  log: Log
}

/** What the control plane said last about one thing: from the disk at the start, then asked for whenever it may have changed. */
export class KeptAnswer<T> {
  readonly #options: KeptAnswerOptions<T>
  #asking: Promise<void> | null = null
  #isWanted = false
  #hasComplained = false

  constructor(options: KeptAnswerOptions<T>) {
    this.#options = options
  }

  /** Uses what the disk has. */
  async load(): Promise<void> {
    const stored = await this.#options.file.load()
    if (stored !== null) this.#options.use(stored)
  }

  /** Asks whether there is anything new; while an answer is awaited, once more afterwards. Never rejects. */
  refresh(): Promise<void> {
    this.#isWanted = true
    this.#asking ??= this.#askWhileWanted()
    return this.#asking
  }

  async #askWhileWanted(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false
      await this.#ask()
    }
    this.#asking = null
  }

  async #ask(): Promise<void> {
    const { ask, decode, use, file, complaint, log } = this.#options
    try {
      const answer = await ask()
      this.#hasComplained = false
      if (answer === null) return
      const value = decode(answer)
      if (value === null) throw new Error('the answer is none')
      if (use(value)) await file.save(value)
    } catch (error) {
      if (!this.#hasComplained) log.warn(`${complaint}: ${(error as Error).message}`)
      this.#hasComplained = true
    }
  }
}
