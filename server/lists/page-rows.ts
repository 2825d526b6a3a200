import { type FindOptions, type Model, type ModelStatic, Op } from 'sequelize'
import type { Where } from './filters.ts'
import type { List, ListQuery } from './list.ts'
import { decodeCursor, encodeCursor, type OrderKey, orderOf, type Position, positionOf } from './order.ts'

/** Rows or items of one page; `nextCursor` null: the last one. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/** What is read besides what the query asks for: only rows that fit `where`, and only some columns. */
interface Fixed<R extends Model> {
  where?: Where | readonly Where[]
  attributes?: FindOptions<R>['attributes']
}

/**
 * One page of the rows of a table.
 * @throws AppError invalid_request for a cursor that is none of this order.
 */
export async function pageRows<R extends Model>(model: ModelStatic<R>, list: List, query: ListQuery, fixed: Fixed<R> = {}): Promise<Page<R>> {
  const limit = Number(query.limit)
  const order = orderOf(list, query.sort)
  const where: Where[] = [fixed.where ?? [], conditionsOf(list, query)].flat()
  if (query.cursor !== undefined) where.push(behind(order, decodeCursor(query.cursor, query.sort, order)))
  const rows = await model.findAll({
    where: { [Op.and]: where } as Where,
    ...(fixed.attributes === undefined ? {} : { attributes: fixed.attributes }),
    // Postgres has what is null last, and first when the order is turned round: as pageItems has it.
    order: order.map(({ attribute, descending }) => [attribute, descending ? 'DESC' : 'ASC']),
    limit: limit + 1
  })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(query.sort, positionOf(order, last)) : null }
}

/** What the filters of a query ask of the rows. */
export function conditionsOf(list: List, query: object): Where[] {
  const given = query as Readonly<Record<string, string | undefined>>
  return Object.entries(list.filters).flatMap(([name, filter]) => (given[name] === undefined ? [] : [filter.where(given[name])]))
}

/** What comes behind the position: equal in the first keys, and beyond it in the one after them. */
function behind(order: readonly OrderKey[], position: Position): Where {
  const ways = order.map((key, index) => {
    const equal = order.slice(0, index).map(({ attribute }, place) => ({ [attribute]: position[place] }))
    return { [Op.and]: [...equal, beyond(key, position[index] ?? null)] }
  })
  return { [Op.or]: ways } as Where
}

function beyond({ attribute, type, nullable, descending }: OrderKey, value: string | number | null): object {
  // Nothing comes after what is null, and everything that is something comes before it.
  if (value === null) return descending ? { [attribute]: { [Op.ne]: null } } : { [Op.and]: [{ [attribute]: null }, { [attribute]: { [Op.ne]: null } }] }
  const operand = type === 'moment' ? new Date(value) : value
  if (descending) return { [attribute]: { [Op.lt]: operand } }
  const after = { [attribute]: { [Op.gt]: operand } }
  return nullable ? { [Op.or]: [after, { [attribute]: null }] } : after
}
