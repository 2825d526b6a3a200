import Type from 'typebox'
import { errorIssue } from '../../shared/schema/issue.ts'
import { isUuid } from '../is-uuid.ts'
import { invalidRequest } from './app-error.ts'

/** Query parameters of every list. */
export const pageQuery = {
  limit: Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$', form: 'a number from 1 to 1000', description: 'Most items in the answer, 1 to 1000.', default: '100' }),
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: 'nextCursor of the page before.' }))
}

export function pageLimit(limit: string): number {
  return Number(limit)
}

/** The last item of a page: what the list is sorted by, and the id that makes the order total. */
export type Position = [sortedBy: string, id: string]

export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** `isMoment` says that the list is sorted by a moment in time. @throws AppError invalid_request for what is no cursor of ours. */
export function decodeCursor(cursor: string, isMoment: boolean): Position {
  const position = parsed(Buffer.from(cursor, 'base64url').toString('utf8'))
  if (isPosition(position) && (!isMoment || isIsoMoment(position[0]))) return position
  throw invalidRequest([errorIssue('/cursor', 'invalid_value', 'cursor must be the nextCursor of another page')])
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isPosition(value: unknown): value is Position {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [sortedBy, id] = value
  return typeof sortedBy === 'string' && !sortedBy.includes('\0') && sortedBy.isWellFormed() && isUuid(id)
}

function isIsoMoment(text: string): boolean {
  const moment = new Date(text)
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === text && text.length === '2026-01-31T12:00:00.000Z'.length
}
