import type { LimitTerms } from './limit-terms.ts'

/** After that the answer to a question does not matter any more. */
export const ANSWER_MS = 300

/** A thread asks for some of a limit that all nodes share. */
export interface LeaseAsk {
  /** Counts up on the thread. */
  readonly ask: number
  /** Key in Redis. */
  readonly key: string
  readonly terms: LimitTerms
  /** How many it would like; it gets fewer, or none, when there are no more. */
  readonly wanted: number
}

/** What Redis gave. */
export interface LeaseAnswer {
  readonly ask: number
  /** It could not be asked, or gave no answer. */
  readonly isDown: boolean
  /** It was not asked, because too many questions wait for it. */
  readonly isOverloaded: boolean
  readonly granted: number
  /** How long what was granted may be used, in milliseconds. */
  readonly goodForMs: number
  /** Until there is one more, where none was granted. */
  readonly retryMs: number
  /** What is left for all. */
  readonly left: number
}

export function downAnswer(ask: number): LeaseAnswer {
  return { ask, isDown: true, isOverloaded: false, granted: 0, goodForMs: 0, retryMs: 0, left: 0 }
}

export function overloadedAnswer(ask: number): LeaseAnswer {
  return { ...downAnswer(ask), isDown: false, isOverloaded: true }
}
