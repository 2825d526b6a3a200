/*
 * Without the schema library: the threads of a data node load this file, and start faster without it.
 */

/** One finding of decode, validate, compile or apply. Errors refuse, warnings only tell. Its schema is in issue-schema.ts. */
export interface Issue {
  /** JSON pointer (RFC 6901) to the field; "" is the whole. */
  path: string
  /** Stable, snake_case. */
  code: string
  /** What is wrong and how to mend it. */
  message: string
  severity: 'error' | 'warning'
}

/** A value, or every reason why there is none. */
export type Decoded<T> = { ok: true; value: T; issues: Issue[] } | { ok: false; issues: Issue[] }

export function errorIssue(path: string, code: string, message: string): Issue {
  return { path, code, message, severity: 'error' }
}

export function warningIssue(path: string, code: string, message: string): Issue {
  return { path, code, message, severity: 'warning' }
}

export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'error')
}
