/** Nobody is left alone for longer: a certificate would run out meanwhile. */
const MOST_SECONDS = 86_400
/** As senders have to write it; of the older forms the one that says that it is GMT (RFC 9110 section 5.6.7). */
const DATE = /^[A-Za-z]+, [\dA-Za-z :-]+ GMT$/

/** The seconds that a Retry-After field says, as a number of them or as a date (RFC 9110 section 10.2.3); 0: nothing that can be understood. */
export function retryAfterSeconds(field: unknown, now: number): number {
  if (typeof field !== 'string') return 0
  const text = field.trim()
  const seconds = /^\d+$/.test(text) ? Number(text) : DATE.test(text) ? Math.ceil((Date.parse(text) - now) / 1000) : 0
  return Math.min(MOST_SECONDS, Math.max(0, seconds || 0))
}
