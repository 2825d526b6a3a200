import Type from 'typebox'
import { strictObject, timestamp, uuid, words } from './field.ts'
import { DRAFTED_KINDS } from './resource.ts'

/** Who made a change, and when. */
export const ChangeOrigin = strictObject({
  actor: Type.String({ description: 'Who changed it last.' }),
  at: timestamp(),
  action: Type.Union([Type.String(), Type.Null()], { description: 'What was done, as the audit names it; null where only the draft tells.' })
})
export type ChangeOrigin = Type.Static<typeof ChangeOrigin>

/** A field that differs between two configurations. `from` or `to` is absent where the field is. */
export const FieldChange = strictObject({
  path: Type.String({ description: 'JSON pointer (RFC 6901) into the resource.' }),
  from: Type.Optional(Type.Unknown({ description: 'The value before; absent when there was none.' })),
  to: Type.Optional(Type.Unknown({ description: 'The value after; absent when there is none.' })),
  origin: Type.Optional(ChangeOrigin)
})
export type FieldChange = Type.Static<typeof FieldChange>

/** What happened to one resource between two configurations. */
export const ResourceChange = strictObject({
  kind: words([...DRAFTED_KINDS]),
  id: uuid(),
  name: Type.String({ description: 'The name after the change; of a removed resource, its last one.' }),
  change: words(['added', 'removed', 'changed']),
  fields: Type.Array(FieldChange, { description: 'What changed; empty for added and removed resources.' }),
  origin: Type.Optional(ChangeOrigin)
})
export type ResourceChange = Type.Static<typeof ResourceChange>
