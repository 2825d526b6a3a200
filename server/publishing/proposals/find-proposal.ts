import type { Transaction } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import type { ProposalRow } from '../../../db/models/guarded-publishing.ts'
import { type Actor, tenantsOf } from '../../auth/actor.ts'
import { AppError } from '../../http/app-error.ts'
import { isUuid } from '../../is-uuid.ts'

/** Whether an actor may see and decide about a proposal: it concerns its tenants only. */
export function mayDecide(actor: Actor, { tenants }: Pick<ProposalRow, 'tenants'>): boolean {
  const own = tenantsOf(actor)
  return own === null || tenants?.every((tenant) => own.includes(tenant)) === true
}

/** A proposal that the actor may decide about; with a transaction it is locked. @throws AppError not_found */
export async function findProposal(db: Database, actor: Actor, id: string, transaction?: Transaction): Promise<ProposalRow> {
  const row = isUuid(id) ? await db.proposals.findByPk(id, transaction ? { transaction, lock: transaction.LOCK.UPDATE } : {}) : null
  if (row === null || !mayDecide(actor, row)) throw new AppError('not_found', { message: `There is no proposal ${id}.` })
  return row
}
