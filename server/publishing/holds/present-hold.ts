import Type from 'typebox'
import type { Database } from '../../../db/database.ts'
import type { HoldRow } from '../../../db/models/guarded-publishing.ts'
import { strictObject, timestamp, words } from '../../../shared/schema/field.ts'
import { quantileOf } from '../../../shared/traffic/quantile.ts'
import type { Served } from '../../../shared/traffic/served.ts'
import { isOwnHold } from '../../tenancy/own-hold.ts'
import { canaryNodes } from './canary-nodes.ts'

const nullable = <S extends Type.TSchema>(schema: S, description: string) => Type.Union([schema, Type.Null()], { description })

const Figures = strictObject({
  requests: Type.Integer({ minimum: 0 }),
  errors: Type.Integer({ minimum: 0, description: 'Of these, answers 5xx.' }),
  p99Ms: nullable(Type.Number({ minimum: 0 }), 'About; null without requests.')
})

/** A publish that may go back by itself, or might have. */
export const Hold = strictObject({
  revision: Type.Integer(),
  restores: Type.Integer({ description: 'The revision whose content comes back when it does not hold.' }),
  createdBy: Type.String(),
  createdAt: timestamp(),
  confirmUntil: nullable(timestamp(), 'Until when it has to be confirmed; null: it has not.'),
  confirmedBy: nullable(Type.String(), 'Who confirmed it.'),
  canary: nullable(strictObject({
    nodes: Type.Array(Type.String()),
    holdSeconds: Type.Integer(),
    maxErrorRateIncrease: Type.Number(),
    maxLatencyFactor: Type.Number(),
    holdUntil: nullable(timestamp(), 'null until all of them serve it.'),
    promotedAt: nullable(timestamp(), 'When every node got it.'),
    figures: Type.Array(strictObject({ nodeId: Type.String(), serves: Type.Boolean({ description: 'It serves the revision.' }), before: Figures, now: Figures }))
  }), 'null: it went to every node at once.'),
  outcome: nullable(words(['kept', 'rolled_back', 'superseded']), 'null while it is undecided; superseded: a person rolled back.'),
  outcomeAt: nullable(timestamp(), 'When that was decided.'),
  outcomeBy: nullable(Type.String(), 'Who decided; control-jobs decides by itself.'),
  reason: nullable(Type.String(), 'Why.'),
  restored: nullable(Type.Integer(), 'The new revision with the content before.'),
  own: Type.Boolean({ description: 'It concerns your tenants alone, or you are not limited to any: publishers among you decide about it.' })
}, { description: 'Who is limited to tenants gets no figures, since these are of the requests of all tenants, and of what is not its own no persons and reasons (empty).' })

/**
 * A hold as people of these tenants may see it (`null`: whole). The figures are of the requests of all tenants together; who
 * publishes and decides for others, and why, is theirs.
 */
export async function presentHold(db: Database, hold: HoldRow, tenants: readonly string[] | null): Promise<Type.Static<typeof Hold>> {
  const { revision, restores, createdBy, confirmedBy, canary, outcome, outcomeBy, reason, restored } = hold
  const iso = (moment: Date | null) => moment?.toISOString() ?? null
  const nodes = canary === null || tenants !== null ? [] : await canaryNodes(db, hold)
  const figures = nodes.map(({ nodeId, serves, before, now }) => ({ nodeId, serves, before: figuresOf(before), now: figuresOf(now) }))
  const own = isOwnHold(hold, tenants)
  // That somebody decided stays to be seen.
  const told = (words: string | null): string | null => (own || words === null ? words : '')
  return {
    revision,
    restores,
    createdBy: own ? createdBy : '',
    createdAt: hold.createdAt.toISOString(),
    confirmUntil: iso(hold.confirmUntil),
    confirmedBy: told(confirmedBy),
    canary: canary && { ...canary, holdUntil: iso(hold.holdUntil), promotedAt: iso(hold.promotedAt), figures },
    outcome,
    outcomeAt: iso(hold.outcomeAt),
    outcomeBy: told(outcomeBy),
    reason: told(reason),
    restored,
    own
  }
}

function figuresOf({ requests, errors, durations }: Served) {
  return { requests, errors, p99Ms: roundedMs(quantileOf(durations, 0.99)?.estimate) }
}

function roundedMs(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 100) / 100
}
