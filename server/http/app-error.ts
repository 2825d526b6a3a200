import { ERRORS, type ErrorCode } from '../../shared/schema/error-table.ts'
import type { Issue } from '../../shared/schema/issue.ts'

/** What an error may tell besides its code. Everything in it reaches the client. */
export interface ErrorDetails {
  message?: string
  issues?: Issue[]
  /** More fields of the error body, such as `current` or `referrers`. */
  extra?: Record<string, unknown>
  headers?: Record<string, string>
}

/** The one error that endpoints throw. Its status comes from the error table. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.message ?? ERRORS[code].message)
    this.code = code
    this.details = details
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}

/** A refusal of the whole request body or query with every issue. */
export function invalidRequest(issues: Issue[]): AppError {
  return new AppError('invalid_request', { issues })
}
