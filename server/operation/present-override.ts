import Type from 'typebox'
import type { TargetOverrideRow } from '../../db/models/target-overrides.ts'
import { strictObject, timestamp, uuid, words } from '../../shared/schema/field.ts'

/** What a person said about a target, as the API shows it. */
export const PresentedOverride = strictObject({
  upstreamId: uuid(),
  targetId: Type.String(),
  kind: words(['ejected', 'weight'], { description: 'ejected: it gets no requests. weight: it counts with another weight.' }),
  weight: Type.Union([Type.Integer(), Type.Null()], { description: 'null: it is ejected.' }),
  expiresAt: Type.Union([timestamp(), Type.Null()], { description: 'When it is over by itself; null: when somebody restores the target.' }),
  reason: Type.String(),
  by: Type.String(),
  at: timestamp()
})
export type PresentedOverride = Type.Static<typeof PresentedOverride>

export function presentOverride({ upstreamId, targetId, kind, weight, expiresAt, reason, createdBy, createdAt }: TargetOverrideRow): PresentedOverride {
  return { upstreamId, targetId, kind, weight, expiresAt: expiresAt?.toISOString() ?? null, reason, by: createdBy, at: createdAt.toISOString() }
}
