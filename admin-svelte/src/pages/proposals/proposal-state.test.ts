import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Proposal } from '../../api/proposal-types.ts'
import { isOvertaken, proposalState } from './proposal-state.ts'

const proposal = (state: Proposal['state'], decidedBy: string | null = null) => ({ state, expectedRevision: 3, proposedBy: 'ann', decidedBy })
const wordsOf = (of: ReturnType<typeof proposal>, live: number) => proposalState(of, live).words

test('a proposal waits until another revision is live', () => {
  assert.equal(wordsOf(proposal('pending'), 3), 'proposals.pending')
  assert.equal(wordsOf(proposal('pending'), 4), 'proposals.overtaken')
  assert.equal(isOvertaken(proposal('approved', 'ben'), 4), false)
})

test('what was decided says so, and what its proposer took back', () => {
  assert.equal(wordsOf(proposal('approved', 'ben'), 4), 'proposals.approved')
  assert.equal(wordsOf(proposal('rejected', 'ben'), 3), 'proposals.rejected')
  assert.equal(wordsOf(proposal('rejected', 'ann'), 3), 'proposals.withdrawn')
})
