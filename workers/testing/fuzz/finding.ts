/** What a fuzzer found, with everything that is needed to see it again. */
export class Finding extends Error {
  constructor(what: string, seed: number, round: number, input: string) {
    super(`${what}\nseed ${seed}, round ${round}, input ${JSON.stringify(input)}`)
  }
}

export interface FuzzOptions {
  seed: number
  rounds: number
  /** Called now and then. */
  progress?(round: number): void
  signal?: AbortSignal
}
