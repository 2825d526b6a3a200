import { BaseError, ConnectionError, DatabaseError, UniqueConstraintError } from 'sequelize'
import { AppError } from './app-error.ts'

/** Postgres error codes (SQLSTATE) that mean "someone else was first". */
const LOST_RACE = new Set(['40001', '40P01'])
const LOCK_NOT_AVAILABLE = '55P03'
/** Shutting down, starting up, too many connections, broken connections. */
const UNAVAILABLE = /^(57P0[1-3]|53300|08...)$/
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])

/** The only place that turns an error into an answer. Unknown errors become internal_error and tell nothing. */
export function mapError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof UniqueConstraintError) return new AppError(sqlConstraint(error).endsWith('_name') ? 'name_taken' : 'conflict')
  if (error instanceof ConnectionError) return unavailable(error)
  if (error instanceof BaseError) {
    const code = sqlState(error)
    if (LOST_RACE.has(code)) return new AppError('conflict', { message: 'Someone else changed this at the same moment; try again.' })
    if (code === LOCK_NOT_AVAILABLE) return new AppError('publish_in_progress')
    if (UNAVAILABLE.test(code) || NETWORK.has(code) || /Connection terminated|acquir/i.test(error.message)) return unavailable(error)
  }
  return new AppError('internal_error')
}

/** The SQLSTATE, or the code of the socket's error; empty when there is none. */
export function sqlState(error: unknown): string {
  const original = error instanceof DatabaseError ? error.original : (error as { original?: unknown } | null)?.original
  return (original as { code?: string } | undefined)?.code ?? ''
}

function sqlConstraint(error: UniqueConstraintError): string {
  return (error.original as { constraint?: string } | undefined)?.constraint ?? ''
}

function unavailable(error: Error): AppError {
  return new AppError('database_unavailable', { message: `The database cannot be reached (${error.name.replace('Sequelize', '')}); data nodes serve on.`, headers: { 'retry-after': '5' } })
}
