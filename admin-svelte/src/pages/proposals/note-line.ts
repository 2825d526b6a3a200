import type { Proposal } from '../../api/proposal-types.ts'

const MOST = 100

/** The note of a proposal as its name: the first line, cut where it is long; '' without a note. */
export function noteLine({ request: { note } }: Pick<Proposal, 'request'>): string {
  const [line = ''] = note.trim().split('\n')
  return line.length > MOST ? `${line.slice(0, MOST - 1)}…` : line
}
