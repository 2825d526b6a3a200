import Type from 'typebox'
import { sha256Hex, strictObject, uuid } from './field.ts'

const seconds = (minimum: number, description: string) => Type.Integer({ minimum, maximum: 86_400, description })

/** A part of the draft, by its resources. */
export const OnlyResources = Type.Array(uuid(), { minItems: 1, maxItems: 1000, description: 'Ids of resources: live with just these taken from the draft, be they new, changed or deleted. Absent: the whole draft.' })

/** Which nodes get a revision first, how long, and what they may get worse by. */
export const CanaryRequest = strictObject({
  nodes: Type.Optional(Type.Array(Type.String({ maxLength: 128 }), { minItems: 1, maxItems: 1000, description: 'Ids of these nodes; or give percent.' })),
  percent: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'So many of the nodes that are heard of, one at least; or give nodes.' })),
  holdSeconds: seconds(5, 'How long they are compared with their own minutes before, from when all of them serve it.'),
  maxErrorRateIncrease: Type.Number({ minimum: 0, maximum: 1, default: 0.01, description: 'By how much the share of 5xx answers may rise: 0.01 is one in a hundred.' }),
  maxLatencyFactor: Type.Number({ minimum: 1, maximum: 1000, default: 2, description: 'By what p99 may be multiplied.' })
}, { description: 'Some nodes first; without regression the others follow, else the content before is published again.' })
export type CanaryRequest = Type.Static<typeof CanaryRequest>

/** A canary as it is held: the nodes are chosen. */
export interface CanarySettings {
  nodes: string[]
  holdSeconds: number
  maxErrorRateIncrease: number
  maxLatencyFactor: number
}

/** How a publish is made, whatever is published. */
export const PublishOptions = strictObject({
  note: Type.String({ maxLength: 2000, default: '', description: 'Why; shown in the history.' }),
  acknowledgeRollback: Type.Boolean({ default: false, description: 'Publish although the last publish was a rollback.' }),
  force: Type.Boolean({ default: false, description: 'Publish although draft or revision moved on, or nodes are too old; noted in the audit.' }),
  canary: Type.Optional(CanaryRequest),
  confirmWithinSeconds: Type.Optional(seconds(5, 'Unless POST /config/confirm comes within so many seconds, the content before is published again.'))
})
export type PublishOptions = Type.Static<typeof PublishOptions>

export const PublishBody = strictObject({
  expectedRevision: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'The live revision you looked at; 0 before the first publish.' }),
  expectedDraftHash: sha256Hex({ description: 'draftHash of the validation, with the same `only`.' }),
  only: Type.Optional(OnlyResources),
  ...PublishOptions.properties
})
export type PublishBody = Type.Static<typeof PublishBody>
