import { literal } from 'sequelize'
import type { Database } from '../../db/database.ts'
import { contains, type Filter, moment, yesOrNo } from '../lists/filters.ts'
import { defineList, type ListQuery } from '../lists/list.ts'
import { type Page, pageRows } from '../lists/page-rows.ts'
import { presentSnapshot, type SnapshotItem } from './present-snapshot.ts'
import { sameContentBefore } from './same-content.ts'
import type { TenantScope } from '../tenancy/tenant-scope.ts'
import { visibleSnapshot } from '../tenancy/visible-snapshot.ts'

const PINNED = '(epoch, revision) IN (SELECT epoch, revision FROM snapshot_pins)'

const pinned: Filter = {
  ...yesOrNo('pinned', 'Only pinned ones, or only those that are not.'),
  where: (value) => literal(value === 'true' ? PINNED : `NOT ${PINNED}`)
}

/** Numbers go on when an epoch ends, so they order all of them. */
export const SNAPSHOT_LIST = defineList({
  sortable: { revision: { attribute: 'revision', type: 'number' } },
  sort: '-revision',
  unique: { attribute: 'revision', type: 'number' },
  filters: {
    createdBy: contains('createdBy', 'Only those published by somebody whose name contains this, letter case ignored.'),
    note: contains('note', 'Only those whose note contains this, letter case ignored.'),
    since: moment('createdAt', 'since'),
    until: moment('createdAt', 'until'),
    pinned
  }
})

/** One page of revisions without their content, as the scope may see them (`null`: whole). `by` is the one who asks. */
export async function listSnapshots(db: Database, query: ListQuery, scope: TenantScope | null, by: string): Promise<Page<SnapshotItem>> {
  const { items, nextCursor } = await pageRows(db.snapshots, SNAPSHOT_LIST, query, { ...onlyOwn(query, scope, by), attributes: { exclude: ['content'] } })
  const pins = await db.snapshotPins.findAll({ where: { revision: items.map(({ revision }) => revision) } })
  const before = await sameContentBefore(db, items.map(({ revision }) => revision))
  const pinOf = new Map(pins.map((pin) => [`${pin.epoch}.${pin.revision}`, pin]))
  return { items: items.map((row) => visibleSnapshot(presentSnapshot(row, pinOf.get(`${row.epoch}.${row.revision}`) ?? null, before.get(row.revision)), scope, by)), nextCursor }
}

/** Who looks for what is hidden from them finds only their own. */
function onlyOwn(query: ListQuery, scope: TenantScope | null, by: string): { where?: { createdBy: string } } {
  const looksFor = query as { createdBy?: string; note?: string }
  return scope === null || (looksFor.createdBy === undefined && looksFor.note === undefined) ? {} : { where: { createdBy: by } }
}
