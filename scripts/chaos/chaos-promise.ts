import type { Stand } from './stand.ts'

/**
 * A promise under fire. Each has a file NN-name.ts in this folder that exports it as `promise`; the number is that of the
 * promise. A stand is opened for it alone and closed behind it.
 */
export interface ChaosPromise {
  readonly title: string
  /** Most seconds it may take with 5,000 samples. */
  readonly seconds: number
  /** Takes seconds with few samples: it is also a test of `npm test`. */
  readonly isQuick?: boolean
  /** Brings the fault about; what it finds goes to stand.check(). A throw is a failure. */
  run(stand: Stand): Promise<void>
}
