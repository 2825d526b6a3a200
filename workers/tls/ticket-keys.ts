import { hkdfSync, randomBytes } from 'node:crypto'

/** As OpenSSL wants them: a name, a key for the cipher and one for the MAC. */
const BYTES = 48

/**
 * What session tickets are sealed with: the same on every thread and node that has the day's key (base64), and another one for
 * every `context`, so that a session begun under one set of rules is not resumed under another. Without a key it is one that
 * nobody else knows.
 */
export function ticketKeys(dayKey: string | null, context: string): Buffer {
  return dayKey === null ? randomBytes(BYTES) : Buffer.from(hkdfSync('sha256', Buffer.from(dayKey, 'base64'), '', `gateway session tickets v1 ${context}`, BYTES))
}
