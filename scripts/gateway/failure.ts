import type { Issue } from '../../shared/schema/issue.ts'

/** Why a command ends without doing its work. The message says what to do about it. */
export class Failure extends Error {
  readonly exitCode: number
  /** Of the API's error; empty for our own. */
  readonly code: string
  readonly issues: readonly Issue[]

  constructor(exitCode: number, message: string, from: { code?: string; issues?: readonly Issue[] } = {}) {
    super(message)
    this.exitCode = exitCode
    this.code = from.code ?? ''
    this.issues = from.issues ?? []
  }
}
