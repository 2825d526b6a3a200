import { hkdfSync, randomBytes } from 'node:crypto'

const DAY_MS = 86_400_000
/** As OpenSSL wants them: a name, a key for the cipher and one for the MAC. */
const BYTES = 48

/** Keys are new every day, at the same moment on all nodes. */
export function ticketDay(now: number): number {
  return Math.floor(now / DAY_MS)
}

/**
 * What session tickets of that day are sealed with: the same on every thread and node, and another one for every `context`, so
 * that a session begun under one set of rules is not resumed under another. Without the fleet's key it is one that nobody else knows.
 */
export function ticketKeys(fleetKey: Buffer | null, day: number, context: string): Buffer {
  return fleetKey === null ? randomBytes(BYTES) : Buffer.from(hkdfSync('sha256', fleetKey, String(day), `gateway session tickets v1 ${context}`, BYTES))
}
