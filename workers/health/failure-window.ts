const SAMPLES = 10

/** How the outcomes of attempts at a target grew: enough to say how many there were in the last while. Kept by each thread. */
export class FailureWindow {
  #succeededFirst: number
  #failedFirst: number
  // Allocated with the first sample: most targets of a large configuration are quiet.
  #times: Float64Array | null = null
  #counts: Int32Array | null = null
  #newest = -1

  /** With the counts as they are now: what was before is no longer known. */
  constructor(succeeded: number, failed: number) {
    this.#succeededFirst = succeeded
    this.#failedFirst = failed
  }

  /** Notes the counts; to be called each tenth of the window. */
  sample(now: number, succeeded: number, failed: number): void {
    if (this.#newest >= 0 ? this.#counts![this.#newest * 2] === succeeded && this.#counts![this.#newest * 2 + 1] === failed : succeeded === this.#succeededFirst && failed === this.#failedFirst) return
    this.#times ??= new Float64Array(SAMPLES).fill(Infinity)
    this.#counts ??= new Int32Array(SAMPLES * 2)
    const next = (this.#newest + 1) % SAMPLES
    if (this.#times[next] !== Infinity) {
      this.#succeededFirst = this.#counts[next * 2]!
      this.#failedFirst = this.#counts[next * 2 + 1]!
    }
    this.#times[next] = now
    this.#counts[next * 2] = succeeded
    this.#counts[next * 2 + 1] = failed
    this.#newest = next
  }

  /** The counts as they were at `then`, or shortly before. */
  at(then: number): { succeeded: number; failed: number } {
    for (let back = 0; back < SAMPLES && this.#newest >= 0; back++) {
      const index = (this.#newest - back + SAMPLES) % SAMPLES
      if (this.#times![index]! > then) continue
      return { succeeded: this.#counts![index * 2]!, failed: this.#counts![index * 2 + 1]! }
    }
    return { succeeded: this.#succeededFirst, failed: this.#failedFirst }
  }
}
