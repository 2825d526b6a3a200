import { errorIssue, type Issue } from '../schema/issue.ts'

/** Most issues told about one resource. */
export const MAX_ISSUES_PER_RESOURCE = 100

/** Where a decoder stands in its input, and what it found so far. */
export interface DecodeContext {
  readonly path: (string | number)[]
  readonly issues: Issue[]
  /** No issue is added once there are this many. */
  limit: number
}

export function createContext(): DecodeContext {
  return { path: [], issues: [], limit: MAX_ISSUES_PER_RESOURCE }
}

/** Adds an error at the current place, or at `keys` below it. */
export function report(context: DecodeContext, code: string, message: string, ...keys: (string | number)[]): void {
  if (context.issues.length >= context.limit) return
  const pointer = jsonPointer([...context.path, ...keys])
  context.issues.push(errorIssue(pointer.slice(0, 1024), code, message.slice(0, 2048)))
}

/** True when nothing more would be reported, so that looking further is waste. */
export function isFull(context: DecodeContext): boolean {
  return context.issues.length >= context.limit
}

/** RFC 6901. */
export function jsonPointer(keys: readonly (string | number)[]): string {
  let pointer = ''
  for (const key of keys) pointer += '/' + String(key).replaceAll('~', '~0').replaceAll('/', '~1')
  return pointer
}

/** How messages name the current place: the field, with the index inside a list. */
export function placeName(context: DecodeContext, ...keys: (string | number)[]): string {
  const path = [...context.path, ...keys]
  let name = ''
  for (let index = path.length - 1; index >= 0; index--) {
    const key = path[index]!
    if (typeof key === 'string') return shown(key) + name
    name = `[${key}]${name}`
  }
  return name === '' ? 'the value' : `item ${name}`
}

/** A text from the input as it may stand in a message: short and on one line. */
export function shown(text: string): string {
  const line = JSON.stringify(text.length > 80 ? text.slice(0, 80) + '...' : text)
  return line.slice(1, -1)
}
