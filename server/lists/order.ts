import { errorIssue } from '../../shared/schema/issue.ts'
import { invalidRequest } from '../http/app-error.ts'
import { isUuid } from '../is-uuid.ts'
import type { List, SortKey } from './list.ts'

/** One step of an order: items are compared by it when all before it are equal. */
export interface OrderKey extends SortKey {
  descending: boolean
}

/** What an item has for each key of the order; a moment is an ISO 8601 text. */
export type Position = readonly (string | number | null)[]

/** The keys of a `sort` that was decoded; the unique one is the last, in the direction of the one before. */
export function orderOf(list: List, sort: string): OrderKey[] {
  const keys = sort.split(',').map((word): OrderKey => ({ ...list.sortable[word.replace('-', '')]!, descending: word.startsWith('-') }))
  return [...keys, { ...list.unique, descending: keys.at(-1)!.descending }]
}

/** Where an item stands in the order. */
export function positionOf(order: readonly OrderKey[], item: object): Position {
  return order.map(({ attribute }) => {
    const value = (item as Record<string, unknown>)[attribute]
    return value instanceof Date ? value.toISOString() : ((value ?? null) as string | number | null)
  })
}

/** The text with which a client asks for what comes behind the position. */
export function encodeCursor(sort: string, position: Position): string {
  return Buffer.from(JSON.stringify([sort, ...position])).toString('base64url')
}

/** @throws AppError invalid_request for what is no cursor of ours, or one of another order. */
export function decodeCursor(cursor: string, sort: string, order: readonly OrderKey[]): Position {
  const parts = parsed(Buffer.from(cursor, 'base64url').toString('utf8'))
  if (Array.isArray(parts) && parts.length === order.length + 1 && parts[0] === sort) {
    const position: unknown[] = parts.slice(1)
    if (position.every((value, index) => isValue(order[index]!, value))) return position as Position
  }
  throw invalidRequest([errorIssue('/cursor', 'invalid_value', 'cursor must be the nextCursor of another page with the same sort')])
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isValue({ type, nullable }: OrderKey, value: unknown): boolean {
  if (value === null) return nullable === true
  if (type === 'number') return typeof value === 'number' && Number.isSafeInteger(value)
  if (typeof value !== 'string') return false
  switch (type) {
    case 'text':
      return !value.includes('\0') && value.isWellFormed()
    case 'moment':
      return isIsoMoment(value)
    case 'uuid':
      return isUuid(value)
    case 'digits':
      return /^\d{1,18}$/.test(value)
  }
}

/** Postgres knows no year 0. */
function isIsoMoment(text: string): boolean {
  const moment = new Date(text)
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === text && !text.startsWith('0000') && text.length === '2026-01-31T12:00:00.000Z'.length
}
