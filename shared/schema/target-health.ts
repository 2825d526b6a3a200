import Type from 'typebox'
import { strictObject, timestamp, uuid } from './field.ts'

/** Redis: a hash for each upstream, a field for each target, each a TargetHealth as JSON. */
export function healthKey(upstreamId: string): string {
  return `gateway:health:${upstreamId}`
}

/** Probes that are remembered. */
export const PROBES_KEPT = 20

const moment = (description: string) => Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000, description: `${description} In milliseconds since 1970.` })

/** Who is meant, and what is known. */
const known = {
  upstreamId: uuid(),
  targetId: Type.String({ minLength: 1, maxLength: 128 }),
  check: Type.String({ pattern: '^[0-9a-f]{16}$', form: '16 hex digits', description: 'Hash of address and check: another one is about something else.' }),
  state: Type.Enum(['unknown', 'healthy', 'unhealthy']),
  since: timestamp({ description: 'When it became so.' }),
  reason: Type.String({ maxLength: 300 }),
  at: moment('When it was found.'),
  validMs: Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'How long after that it is believed.' })
}

/** One probe. `status` 0: there was no answer. */
export const Probe = strictObject({
  at: moment('When it ended.'),
  ok: Type.Boolean(),
  status: Type.Integer({ minimum: 0, maximum: 999 }),
  error: Type.String({ maxLength: 200 }),
  ms: Type.Integer({ minimum: 0, maximum: 2_147_483_647 })
})
export type Probe = Type.Static<typeof Probe>

/** What control-jobs tells the data nodes about a target, over CHANNELS.health. */
export const HealthNews = strictObject(known)
export type HealthNews = Type.Static<typeof HealthNews>

/** As HealthNews, with what the next probe has to know. */
export const TargetHealth = strictObject({
  ...known,
  failures: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'In a row.' }),
  successes: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'In a row.' }),
  history: Type.Array(Probe, { maxItems: PROBES_KEPT, description: 'Newest first.' })
})
export type TargetHealth = Type.Static<typeof TargetHealth>
