import { Op, type WhereOptions } from 'sequelize'
import Type from 'typebox'
import type { Database } from '../../db/database.ts'
import type { DraftedRow } from '../../db/models/drafted.ts'
import { strictObject, words } from '../../shared/schema/field.ts'
import type { DraftedKind } from '../../shared/schema/resource.ts'
import { decodeCursor, encodeCursor, pageLimit, pageQuery, type Position } from '../http/page.ts'
import { presentResource } from './present-resource.ts'

export const ListQuery = strictObject({
  ...pageQuery,
  sort: words(['name', '-name', 'updatedAt', '-updatedAt'], { description: 'Order; a minus turns it round.', default: 'name' }),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Only names that contain this, letter case ignored.' })),
  enabled: Type.Optional(words(['true', 'false'], { description: 'Only enabled or only disabled ones.' })),
  tenantCode: Type.Optional(Type.String({ maxLength: 128, description: 'Only those of this tenant.' }))
})
export type ListQuery = Type.Static<typeof ListQuery>

/** One page of the draft's resources of a kind, in a total order so that no page repeats or skips one. */
export async function listResources(db: Database, kind: DraftedKind, query: ListQuery): Promise<{ items: unknown[]; nextCursor: string | null }> {
  const limit = pageLimit(query.limit)
  const field = query.sort.replace('-', '') as 'name' | 'updatedAt'
  const direction = query.sort.startsWith('-') ? 'DESC' : 'ASC'
  const where: WhereOptions<DraftedRow>[] = [{ deletedAt: null }]
  if (query.q !== undefined) where.push({ name: { [Op.iLike]: `%${query.q.replace(/[\\%_]/g, '\\$&')}%` } })
  if (query.enabled !== undefined) where.push({ enabled: query.enabled === 'true' })
  if (query.tenantCode !== undefined) where.push({ tenantCode: query.tenantCode })
  if (query.cursor !== undefined) where.push(behind(field, direction === 'ASC' ? Op.gt : Op.lt, decodeCursor(query.cursor, field === 'updatedAt')))
  const rows = await db.drafted[kind].findAll({
    where: { [Op.and]: where },
    order: [[field, direction], ['id', direction]],
    limit: limit + 1
  })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const nextCursor = rows.length > limit && last ? encodeCursor([field === 'name' ? last.name : last.updatedAt.toISOString(), last.id]) : null
  return { items: items.map(presentResource), nextCursor }
}

function behind(field: string, operator: typeof Op.gt | typeof Op.lt, [value, id]: Position): WhereOptions<DraftedRow> {
  return { [Op.or]: [{ [field]: { [operator]: value } }, { [field]: value, id: { [operator]: id } }] } as WhereOptions<DraftedRow>
}
