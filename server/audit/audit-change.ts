import type { Transaction } from 'sequelize'
import { type Actor, actorName } from '../auth/actor.ts'
import type { Deps } from '../deps.ts'
import { appendAudit, type AuditEntry } from './append-audit.ts'

/** Appends what a caller of the API changed, in the transaction of the change. */
export async function auditChange({ deps, actor, requestId }: { deps: Deps; actor: Actor; requestId: string }, transaction: Transaction, entry: Omit<AuditEntry, 'actor' | 'requestId'>): Promise<void> {
  await appendAudit(deps.db, transaction, { actor: actorName(actor), requestId, ...entry })
}
