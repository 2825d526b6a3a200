import { Op, type Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { SnapshotRow } from '../../db/models/publishing.ts'
import { SCHEMA_VERSION } from '../../shared/schema/snapshot.ts'
import { AppError } from '../http/app-error.ts'

/**
 * Refuses a publish that nodes could not follow.
 * @throws AppError database_behind_fleet when a node serves what this database does not know (restored from a backup),
 * schema_not_supported_by_nodes unless forced.
 */
export async function checkFleet(db: Database, transaction: Transaction, epoch: string, live: SnapshotRow | null, force: boolean): Promise<void> {
  const nodes = await db.nodes.findAll({ where: { heartbeat: { [Op.ne]: null } }, attributes: ['id', 'heartbeat'], order: [['id', 'ASC']], transaction })
  const ahead = nodes.filter(({ heartbeat }) => {
    const serving = heartbeat?.serving
    if (!serving || serving.epoch !== epoch) return false
    const known = live?.revision ?? 0
    return serving.revision > known || (serving.revision === known && serving.sha256 !== live?.sha256)
  })
  if (ahead.length > 0) {
    throw new AppError('database_behind_fleet', {
      message: `The nodes ${ahead.map((node) => node.id).join(', ')} serve a revision that this database does not know. If it was restored from a backup, run "gateway recover --new-epoch" (docs/OPS.md, "Backup and restore").`,
      extra: { nodes: ahead.map((node) => node.id) }
    })
  }
  const tooOld = nodes.filter(({ heartbeat }) => heartbeat !== null && !heartbeat.schemaVersions.includes(SCHEMA_VERSION))
  if (tooOld.length > 0 && !force) {
    throw new AppError('schema_not_supported_by_nodes', {
      message: `The nodes ${tooOld.map((node) => node.id).join(', ')} cannot read schema version ${SCHEMA_VERSION}. Upgrade them first, or publish with force.`,
      extra: { nodes: tooOld.map((node) => node.id) }
    })
  }
}
