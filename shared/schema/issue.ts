import Type from 'typebox'
import { strictObject, words } from './field.ts'

/** One finding of decode, validate, compile or apply. Errors refuse, warnings only tell. */
export const Issue = strictObject({
  path: Type.String({ maxLength: 1024, description: 'JSON pointer (RFC 6901) to the field; "" is the whole.' }),
  code: Type.String({ maxLength: 64, description: 'Stable code, snake_case.' }),
  message: Type.String({ maxLength: 2048, description: 'What is wrong and how to mend it.' }),
  severity: words(['error', 'warning'])
})
export type Issue = Type.Static<typeof Issue>

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
