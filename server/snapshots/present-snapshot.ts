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
  pin: Type.Union([Pin, Type.Null()], { description: 'A pinned revision is never removed, and what it names cannot be deleted.' })
})
export type SnapshotItem = Type.Static<typeof SnapshotItem>

export function presentSnapshot(row: SnapshotRow, pin: SnapshotPinRow | null): SnapshotItem {
  return { ...presentSnapshotHead(row), pin: pin && { note: pin.note, pinnedBy: pin.pinnedBy, pinnedAt: pin.pinnedAt.toISOString() } }
}
