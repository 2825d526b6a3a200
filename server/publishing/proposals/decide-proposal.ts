import type { Transaction } from 'sequelize'
import type { ProposalRow } from '../../../db/models/guarded-publishing.ts'
import { decodeContent } from '../../../shared/snapshot/decode-snapshot.ts'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { emitEvent } from '../../events/emit-event.ts'
import { AppError } from '../../http/app-error.ts'
import { inRepeatableRead, inTransaction } from '../../in-transaction.ts'
import type { Change } from '../../resources/write-resource.ts'
import { assembleDraft } from '../assemble-draft.ts'
import { beginPublish } from '../begin-publish.ts'
import { type HashedContent, hashContent } from '../content-hash.ts'
import { refusePublishWhileHeld } from '../holds/refuse-while-held.ts'
import { publishContent } from '../publish-content.ts'
import type { Outcome, Published } from '../publish-request.ts'
import { tellPublished } from '../publish.ts'
import { findProposal } from './find-proposal.ts'
import { personOf } from './person-of.ts'

/**
 * Publishes exactly what was proposed, whatever the draft is by now.
 * @throws AppError not_found, own_proposal, conflict when it is decided already, revision_mismatch when something was
 * published since, and what a publish throws
 */
export async function approveProposal(change: Change, id: string): Promise<Published> {
  const outcome = await inRepeatableRead(change.deps.db, (transaction, attempt) => approveIn(transaction, attempt, change, id))
  void emitEvent(change.deps, { kind: 'proposal_decided', at: new Date().toISOString(), data: { proposalId: id, decision: 'approved', by: actorName(change.actor), revision: outcome.revision } })
  return tellPublished(change, outcome)
}

async function approveIn(transaction: Transaction, attempt: number, change: Change, id: string): Promise<Outcome> {
  const { db } = change.deps
  const start = await beginPublish(db, transaction, attempt)
  const proposal = await findProposal(db, change.actor, id, transaction)
  if ((await personOf(db, change.actor, transaction)) === proposal.proposer) throw new AppError('own_proposal')
  checkPending(proposal)
  await refusePublishWhileHeld(db, transaction, start.configuration.epoch)
  const { liveRevision } = start.configuration
  if (liveRevision !== proposal.expectedRevision) {
    throw new AppError('revision_mismatch', { message: `Revision ${liveRevision} was published after this was proposed, upon revision ${proposal.expectedRevision}; reject it and propose anew.`, extra: { revision: liveRevision } })
  }
  const draft = await assembleDraft(db, transaction)
  const draftHash = draft.ok ? hashContent(draft.value).sha256 : ''
  const about = { proposalId: id, proposedBy: proposal.proposedBy }
  const outcome = await publishContent(transaction, change, start, { hashed: frozenContent(proposal), draftHash, options: proposal.request, tenants: proposal.tenants, about })
  await proposal.update({ state: 'approved', decidedBy: actorName(change.actor), decidedAt: new Date(), revision: outcome.revision }, { transaction })
  return outcome
}

/** @throws AppError draft_changed when this version of the program reads it as something else */
function frozenContent(proposal: ProposalRow): HashedContent {
  const decoded = decodeContent(JSON.parse(proposal.content))
  if (!decoded.ok) throw new AppError('config_invalid', { issues: decoded.issues })
  const hashed = hashContent(decoded.value)
  if (hashed.sha256 !== proposal.sha256) throw new AppError('draft_changed', { message: 'The program was upgraded since this was proposed and reads it otherwise; propose it anew.' })
  return hashed
}

/** Also withdraws what one proposed oneself. @throws AppError not_found, conflict when it is decided already */
export async function rejectProposal(change: Change, id: string, reason: string): Promise<void> {
  const { db } = change.deps
  const by = actorName(change.actor)
  await inTransaction(db, async (transaction) => {
    const proposal = await findProposal(db, change.actor, id, transaction)
    checkPending(proposal)
    await proposal.update({ state: 'rejected', decidedBy: by, decidedAt: new Date(), reason }, { transaction })
    await appendAudit(db, transaction, { actor: by, action: 'config.reject', kind: 'proposals', resourceId: id, requestId: change.requestId, before: { proposedBy: proposal.proposedBy, sha256: proposal.sha256 }, after: { reason } })
  })
  void emitEvent(change.deps, { kind: 'proposal_decided', at: new Date().toISOString(), data: { proposalId: id, decision: 'rejected', by, revision: null } })
}

function checkPending({ state, decidedBy }: ProposalRow): void {
  if (state !== 'pending') throw new AppError('conflict', { message: `This proposal was ${state} by ${decidedBy} already.` })
}
