import { hkdfSync } from 'node:crypto'
import type { TicketKey } from '../../shared/schema/sealed.ts'
import type { SecretsKey } from './secrets-key.ts'

/** The keys of TLS session tickets that nodes need around a day: a node without us goes on for a day, and clocks differ. */
export function ticketKeysAround(secretsKey: SecretsKey, day: number): TicketKey[] {
  return [day - 1, day, day + 1].map((one) => ({ day: one, key: Buffer.from(hkdfSync('sha256', secretsKey.bytes, String(one), 'gateway ticket key v1', 32)).toString('base64') }))
}
