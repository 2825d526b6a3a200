import type { Transaction } from 'sequelize'
import { appendAudit } from '../../audit/append-audit.ts'
import { actorName } from '../../auth/actor.ts'
import { emitEvent } from '../../events/emit-event.ts'
import { AppError } from '../../http/app-error.ts'
import type { Change } from '../../resources/write-resource.ts'
import { uuidV7 } from '../../uuid-v7.ts'
import type { PublishStart } from '../begin-publish.ts'
import { checkPublishable } from '../check-publishable.ts'
import { contentOf } from '../live.ts'
import type { ContentToPublish } from '../publish-content.ts'
import type { Proposed } from '../publish-request.ts'
import { summarizeChanges } from '../summarize-changes.ts'
import { personOf } from './person-of.ts'

/** Each holds a whole content. */
const MOST_PENDING = 50

/** Freezes what would be published until a second person decides. @throws AppError config_invalid, outside_grant, conflict when too many wait */
export async function propose(transaction: Transaction, change: Change, { configuration, live }: PublishStart, { hashed, options, tenants, about }: ContentToPublish): Promise<Proposed> {
  const { deps, actor } = change
  const issues = await checkPublishable(deps, transaction, hashed.content, tenants, live)
  if ((await deps.db.proposals.count({ where: { state: 'pending' }, transaction })) >= MOST_PENDING) throw new AppError('conflict', { message: `${MOST_PENDING} proposals wait already; decide about some first.` })
  const by = actorName(actor)
  const id = uuidV7()
  await deps.db.proposals.create(
    {
      id,
      proposedBy: by,
      proposer: await personOf(deps.db, actor, transaction),
      proposedAt: new Date(),
      expectedRevision: configuration.liveRevision,
      sha256: hashed.sha256,
      content: hashed.text,
      request: options,
      tenants: tenants && [...tenants],
      state: 'pending'
    },
    { transaction }
  )
  await appendAudit(deps.db, transaction, {
    actor: by,
    action: 'config.propose',
    kind: 'proposals',
    resourceId: id,
    requestId: change.requestId,
    after: { expectedRevision: configuration.liveRevision, sha256: hashed.sha256, ...options, ...about, changes: summarizeChanges(contentOf(live), hashed.content) }
  })
  return { proposalId: id, sha256: hashed.sha256, issues }
}

/** What follows the commit of a proposal. */
export function tellProposed(change: Change, note: string, proposed: Proposed): Proposed {
  void emitEvent(change.deps, { kind: 'proposal_created', at: new Date().toISOString(), data: { proposalId: proposed.proposalId, by: actorName(change.actor), note } })
  return proposed
}
