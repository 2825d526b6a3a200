import type { List, ListQuery } from './list.ts'
import { decodeCursor, encodeCursor, type OrderKey, orderOf, type Position, positionOf } from './order.ts'
import type { Page } from './page-rows.ts'

/**
 * One page of items that are in memory, as pageRows does it for a table.
 * @throws AppError invalid_request for a cursor that is none of this order.
 */
export function pageItems<T extends object>(all: readonly T[], list: List, query: ListQuery): Page<T> {
  const limit = Number(query.limit)
  const order = orderOf(list, query.sort)
  const from = query.cursor === undefined ? null : decodeCursor(query.cursor, query.sort, order)
  const rest = all
    .filter((item) => fits(list, query, item))
    .map((item) => ({ item, position: positionOf(order, item) }))
    .filter(({ position }) => from === null || compare(order, position, from) > 0)
    .sort((a, b) => compare(order, a.position, b.position))
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { items: page.map(({ item }) => item), nextCursor: rest.length > limit && last ? encodeCursor(query.sort, last.position) : null }
}

function fits(list: List, query: ListQuery, item: object): boolean {
  const given = query as unknown as Record<string, string | undefined>
  return Object.entries(list.filters).every(([name, filter]) => given[name] === undefined || filter.fits(item as Record<string, unknown>, given[name]))
}

function compare(order: readonly OrderKey[], a: Position, b: Position): number {
  for (const [index, { descending }] of order.entries()) {
    const left = a[index] ?? null
    const right = b[index] ?? null
    if (left === right) continue
    const isAfter = left === null || (right !== null && left > right)
    return isAfter === descending ? -1 : 1
  }
  return 0
}
