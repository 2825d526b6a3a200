import { createHash } from 'node:crypto'
import { Op } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { TargetOverrideRow } from '../../db/models/target-overrides.ts'
import { MOST_OVERRIDES, type OperationalState, type TargetOverride } from '../../shared/schema/operational-state.ts'
import { canonicalJson } from '../../shared/snapshot/canonical.ts'

/** What a node has to know without a publish, at `now`; null when it has that already. */
export async function operationalState(db: Database, nodeId: string, have: string | undefined, now: Date): Promise<OperationalState | null> {
  const [node, rows] = await Promise.all([db.nodes.findByPk(nodeId, { attributes: ['drain'] }), currentOverrides(db, now)])
  const drain = node?.drain ? { closePorts: node.drain.closePorts } : null
  const state = { drain, targets: rows.map(overrideOf) }
  const hash = createHash('sha256').update(canonicalJson(state)).digest('hex')
  return hash === have ? null : { hash, ...state }
}

/** What people said about targets, as far as it is not over. */
export async function currentOverrides(db: Database, now: Date, upstreamId?: string): Promise<TargetOverrideRow[]> {
  const of = upstreamId === undefined ? {} : { upstreamId }
  return db.targetOverrides.findAll({
    where: { ...of, [Op.or]: [{ expiresAt: null }, { expiresAt: { [Op.gt]: now } }] },
    order: [['upstreamId', 'ASC'], ['targetId', 'ASC'], ['kind', 'ASC']],
    limit: MOST_OVERRIDES
  })
}

export function overrideOf({ upstreamId, targetId, kind, weight, expiresAt }: TargetOverrideRow): TargetOverride {
  const of = { upstreamId, targetId, until: expiresAt?.toISOString() ?? null }
  return kind === 'weight' && weight !== null ? { kind, ...of, weight } : { kind: 'ejected', ...of }
}
