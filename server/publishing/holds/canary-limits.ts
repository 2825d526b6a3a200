/** A canary node that is silent for longer while others are heard of is away. */
export const AWAY_MS = 15_000
/** So long it has to stay away: after control-web was down, nodes are heard of one after the other. */
export const STAYS_AWAY_MS = 10_000
/** Every canary node has to serve the revision within this time, and be heard of once more so long after the hold. */
export const PATIENCE_MS = 120_000
/** Fewer answers 5xx than these, beyond what was to be expected, prove nothing. */
export const LEAST_EXCESS_ERRORS = 3
/** Requests before and during the canary without which p99 says nothing. */
export const LEAST_FOR_LATENCY = 100
/** Times that no client feels. */
export const UNFELT_MS = 50
