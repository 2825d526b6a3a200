import type { Proposal } from '../../api/proposal-types.ts'
import type { WordKey } from '../../i18n/language.svelte.ts'
import type { Tone } from '../../widgets/status.svelte'

export interface ProposalState {
  tone: Tone
  words: WordKey
}

/** What became of a proposal, for a person; `live`: the revision that is live, 0 before the first. */
export function proposalState(proposal: Pick<Proposal, 'state' | 'expectedRevision' | 'proposedBy' | 'decidedBy'>, live: number): ProposalState {
  if (proposal.state === 'approved') return { tone: 'good', words: 'proposals.approved' }
  if (proposal.state === 'rejected') return proposal.decidedBy === proposal.proposedBy ? { tone: 'plain', words: 'proposals.withdrawn' } : { tone: 'bad', words: 'proposals.rejected' }
  return isOvertaken(proposal, live) ? { tone: 'warn', words: 'proposals.overtaken' } : { tone: 'accent', words: 'proposals.pending' }
}

/** Something else was published since, so that nobody can approve it any more. */
export function isOvertaken({ state, expectedRevision }: Pick<Proposal, 'state' | 'expectedRevision'>, live: number): boolean {
  return state === 'pending' && live !== expectedRevision
}
