/** Upper bounds of the buckets of a duration, in milliseconds; one more bucket holds everything longer. */
export const BOUNDS_MS: readonly number[] = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000]
export const BUCKETS = BOUNDS_MS.length + 1
