import Type from 'typebox'
import { flag, integer, strictObject } from './field.ts'

export const retryText = { title: 'Retry', description: 'Retry of failed attempts, bounded by a budget.' }

export const retryFields = {
  attempts: integer({ title: 'Extra attempts', description: 'Attempts after the first one.', default: 1, maximum: 10 }),
  statuses: Type.Array(Type.Integer({ minimum: 500, maximum: 599 }), { title: 'Statuses', description: 'Origin statuses that also count as a failed attempt.', default: [], maxItems: 32 }),
  budgetPercent: integer({ title: 'Budget', description: 'Retries allowed as a share of the requests of the last 10 s.', unit: '%', default: 20, maximum: 100 }),
  minPerSecond: integer({ title: 'Least per second', description: 'Retries always allowed each second, whatever the budget.', default: 3, maximum: 10_000 }),
  nonIdempotent: flag('Other methods', 'Also retry requests whose method is not idempotent (RFC 9110 section 9.2.2).', false)
}

/** When a failed attempt may be made again, on another target where there is one. */
export const Retry = strictObject(retryFields, retryText)
export type Retry = Type.Static<typeof Retry>
