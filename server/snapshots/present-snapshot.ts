import Type from 'typebox'
import type { SnapshotPinRow, SnapshotRow } from '../../db/models/publishing.ts'
import { strictObject, timestamp } from '../../shared/schema/field.ts'
import { SnapshotHead } from '../../shared/schema/snapshot.ts'
import { presentSnapshotHead } from '../publishing/live.ts'

const Pin = strictObject({
  note: Type.String({ description: 'Why it is kept.' }),
  pinnedBy: Type.String(),
  pinnedAt: timestamp()
})

/** A revision as the API lists it. */
export const SnapshotItem = strictObject({
  ...SnapshotHead.properties,
  contentOf: Type.Union([Type.Integer(), Type.Null()], { description: 'The last revision before it with the same content, such as the one that a rollback went back to; null when none is kept.' }),
  pin: Type.Union([Pin, Type.Null()], { description: 'A pinned revision is never removed, and what it names cannot be deleted.' })
})
export type SnapshotItem = Type.Static<typeof SnapshotItem>

/** `contentOf`: see sameContentBefore(). */
export function presentSnapshot(row: SnapshotRow, pin: SnapshotPinRow | null, contentOf: number | undefined): SnapshotItem {
  return { ...presentSnapshotHead(row), contentOf: contentOf ?? null, pin: pin && { note: pin.note, pinnedBy: pin.pinnedBy, pinnedAt: pin.pinnedAt.toISOString() } }
}
