/** Something that can be chosen. */
export interface Choice {
  readonly id: string
  /** Requests in flight on the whole node. */
  readonly inFlight: number
  /** Share against the others; 1 or more. */
  readonly weight: number
  /** The running weight of the smooth weighted round robin; shared by the node. */
  smoothWeight: number
}

/** What a choice may depend on beside the targets. */
export interface Turn {
  /** From 0 to below 1. */
  random(): number
  /** Counts up with every call on the whole node. */
  nextTurn(): number
  /** Between lock() and unlock() no other thread chooses. */
  lock(): void
  unlock(): void
}

/** Chooses one of the available targets; there is at least one. */
export type PickTarget = <T extends Choice>(targets: readonly T[], turn: Turn) => T

/** True when `a` has less to do than `b` for its weight. */
export function isLessLoaded(a: Choice, b: Choice): boolean {
  return a.inFlight * b.weight < b.inFlight * a.weight
}
