import { BaseError, ConnectionError, ForeignKeyConstraintError, UniqueConstraintError } from 'sequelize'
import { errorIssue } from '../../shared/schema/issue.ts'
import { AppError } from './app-error.ts'

/** Postgres error codes (SQLSTATE) that mean "someone else was first". */
const LOST_RACE = new Set(['40001', '40P01'])
/** Shutting down, starting up, out of connections, memory or disk, too slow, broken connections. */
const UNAVAILABLE = /^(57P0\d|57014|53...|25P0[34]|08...)$/
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])

/** The only place that turns an error into an answer. Unknown errors become internal_error and tell nothing. */
export function mapError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof UniqueConstraintError) return sqlConstraint(error).endsWith('_name') ? nameTaken() : new AppError('conflict')
  if (error instanceof ForeignKeyConstraintError) return new AppError('conflict', { message: 'What this belongs to was removed at the same moment.' })
  if (error instanceof ConnectionError) return unavailable(error)
  if (error instanceof BaseError && LOST_RACE.has(sqlState(error))) return new AppError('conflict', { message: 'Someone else changed this at the same moment; try again.' })
  if (error instanceof Error && isUnavailable(error)) return unavailable(error)
  return new AppError('internal_error')
}

/** Also for errors of the driver itself: those of a connection that ends while it is being set up come as they are. */
function isUnavailable(error: Error): boolean {
  const code = sqlState(error)
  return UNAVAILABLE.test(code) || NETWORK.has(code) || /Connection terminated|not queryable|acquir|Query read timeout/i.test(error.message)
}

/** The SQLSTATE, or the code of the socket's error; empty when there is none. */
export function sqlState(error: unknown): string {
  const original = (error as { original?: unknown } | null)?.original ?? error
  const code = (original as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

function nameTaken(): AppError {
  const message = 'Another one has this name already; letter case does not tell names apart.'
  return new AppError('name_taken', { message, issues: [errorIssue('/name', 'name_taken', message)] })
}

function sqlConstraint(error: UniqueConstraintError): string {
  return (error.original as { constraint?: string } | undefined)?.constraint ?? ''
}

function unavailable(error: Error): AppError {
  return new AppError('database_unavailable', { message: `The database cannot be reached (${error.name.replace('Sequelize', '')}); data nodes serve on.`, headers: { 'retry-after': '5' } })
}
