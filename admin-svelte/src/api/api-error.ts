import type { Issue } from '../../../shared/schema/issue.ts'

/** What the server says in an error body besides code and message, or what the browser could not do. */
export interface ErrorDetail {
  code: string
  message: string
  requestId?: string
  issues?: Issue[]
  /** The resource as it is stored now, with a version_mismatch. */
  current?: unknown
}

/** An answer that is not a success. Status 0 means that no answer came at all. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined
  readonly issues: Issue[]
  readonly current: unknown

  constructor(status: number, detail: ErrorDetail) {
    super(detail.message)
    this.name = 'ApiError'
    this.status = status
    this.code = detail.code
    this.requestId = detail.requestId
    this.issues = detail.issues ?? []
    this.current = detail.current
  }
}

/** Anything thrown, as an ApiError; a mistake in the page's own code keeps its message. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  return new ApiError(0, { code: 'page_error', message: thrown instanceof Error ? thrown.message : String(thrown) })
}
