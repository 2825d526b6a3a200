import type { PathMatch } from '../schema/match.ts'
import type { Candidate } from './compiled-route.ts'
import type { HostPattern } from './host-pattern.ts'
import type { OwnCopies } from './own-copies.ts'

/**
 * One candidate to put into or take out of a table. The functions that apply it take a part of the table (null: not
 * there yet), leave it as it is, and return the part to have in its place, null when nothing is left of it.
 */
export interface CandidateChange {
  readonly kind: 'add' | 'remove'
  readonly candidate: Candidate
  /** Undefined: a global route. */
  readonly tenantCode: string | undefined
  readonly host: HostPattern
  readonly path: PathMatch | undefined
  readonly copies: OwnCopies
}
