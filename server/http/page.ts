import Type from 'typebox'
import { errorIssue } from '../../shared/schema/issue.ts'
import { invalidRequest } from './app-error.ts'

/** Query parameters of every list. */
export const pageQuery = {
  limit: Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$', form: 'a number from 1 to 1000', description: 'Most items in the answer, 1 to 1000.', default: '100' }),
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: 'nextCursor of the page before.' }))
}

export function pageLimit(limit: string): number {
  return Number(limit)
}

/** A cursor tells the last item of a page by its sort value and id. */
export function encodeCursor(position: [string, string]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** @throws AppError invalid_request */
export function decodeCursor(cursor: string): [string, string] {
  try {
    const position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    const isPair = Array.isArray(position) && position.length === 2 && position.every((part) => typeof part === 'string' && !part.includes('\0') && part.isWellFormed())
    if (isPair) return position as [string, string]
  } catch {
    // Falls through to the one answer for every cursor that is not ours.
  }
  throw invalidRequest([errorIssue('/cursor', 'invalid_value', 'cursor must be the nextCursor of another page')])
}
