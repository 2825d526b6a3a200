import type { Transaction } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import type { CanarySettings } from '../../../shared/schema/publish.ts'
import { AppError } from '../../http/app-error.ts'
import type { PublishStart } from '../begin-publish.ts'
import type { Published } from '../publish-request.ts'
import { servedBefore } from './served-before.ts'

interface NewHold {
  canary: CanarySettings | null
  confirmWithinSeconds: number | undefined
  by: string
  tenants: readonly string[] | null
}

/**
 * Writes down that a publish may go back by itself, in its transaction; nothing when it may not.
 * @returns what to tell the publisher of it
 * @throws AppError canary_not_possible before the first publish
 */
export async function beginHold(db: Database, transaction: Transaction, { live }: PublishStart, { epoch, revision }: { epoch: string; revision: number }, hold: NewHold): Promise<Pick<Published, 'canary' | 'confirmUntil'>> {
  const { canary, confirmWithinSeconds, by, tenants } = hold
  if (canary === null && confirmWithinSeconds === undefined) return {}
  // Of another epoch is what was live when the database was restored; not every node could go back to it.
  if (live?.epoch !== epoch) throw new AppError('canary_not_possible', { message: 'The first publish has nothing that it could go back to; publish it without canary and confirmWithinSeconds.' })
  const createdAt = new Date()
  const confirmUntil = confirmWithinSeconds === undefined ? null : new Date(createdAt.getTime() + confirmWithinSeconds * 1000)
  await db.holds.create({ epoch, revision, restores: live.revision, tenants: tenants && [...tenants], createdBy: by, createdAt, confirmUntil, canary }, { transaction })
  const confirmation = confirmUntil === null ? {} : { confirmUntil: confirmUntil.toISOString() }
  if (canary === null) return confirmation
  const before = await servedBefore(db, transaction, canary.nodes, createdAt)
  await db.canaryNodes.bulkCreate(canary.nodes.map((nodeId) => ({ epoch, revision, nodeId, before: before(nodeId) })), { transaction })
  return { ...confirmation, canary: { nodes: canary.nodes, holdSeconds: canary.holdSeconds } }
}
