/** What was answered a moment ago, for so many questions at most. */
export class RecentAnswers<T> {
  readonly #believedMs: number
  readonly #most: number
  readonly #clock: () => number
  readonly #answers = new Map<string, { answer: T; until: number }>()

  constructor({ believedMs, most, clock }: { believedMs: number; most: number; clock: () => number }) {
    this.#believedMs = believedMs
    this.#most = most
    this.#clock = clock
  }

  /** undefined: nothing was, or too long ago. */
  get(question: string): T | undefined {
    const known = this.#answers.get(question)
    if (known === undefined || this.#clock() < known.until) return known?.answer
    this.#answers.delete(question)
    return undefined
  }

  set(question: string, answer: T): void {
    this.#answers.delete(question)
    this.#answers.set(question, { answer, until: this.#clock() + this.#believedMs })
    const [oldest] = this.#answers.keys()
    if (this.#answers.size > this.#most && oldest !== undefined) this.#answers.delete(oldest)
  }
}
