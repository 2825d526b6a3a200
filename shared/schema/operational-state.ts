import Type from 'typebox'
import { line, sha256Hex, strictObject, timestamp, uuid } from './field.ts'

/** Most overrides that are kept at one time. */
export const MOST_OVERRIDES = 2_000

const target = { upstreamId: uuid(), targetId: line(200) }
const until = Type.Union([timestamp(), Type.Null()], { description: 'When it is over by itself; null: when a person says so.' })

/** What a person said about a target, over what is configured. */
export const TargetOverride = Type.Union([
  strictObject({ kind: Type.Literal('ejected'), ...target, until }, { description: 'It gets no requests, not even when no other target is left.' }),
  strictObject({ kind: Type.Literal('weight'), ...target, until, weight: Type.Integer({ minimum: 1, maximum: 1000 }) }, { description: 'It counts with this weight instead of the configured one.' })
])
export type TargetOverride = Type.Static<typeof TargetOverride>

/** A node under drain takes its connections elsewhere. */
export const Drain = strictObject({ closePorts: Type.Boolean({ description: 'Its ports are closed, too; else new connections are served still.' }) })
export type Drain = Type.Static<typeof Drain>

/** Answer of GET /api/v1/node/operational-state: what holds without a publish. The hash covers the rest. */
export const OperationalState = strictObject({
  hash: sha256Hex(),
  drain: Type.Union([Drain, Type.Null()]),
  targets: Type.Array(TargetOverride, { maxItems: MOST_OVERRIDES })
})
export type OperationalState = Type.Static<typeof OperationalState>
