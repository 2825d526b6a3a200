import type { Database } from '../../../db/database.ts'
import { presentNode } from './present-node.ts'

/** Data nodes as the API shows them, by id; all of them, or the one asked for. */
export async function listNodes(db: Database, where: { id?: string }, now: Date) {
  const ofNode = where.id === undefined ? {} : { nodeId: where.id }
  const [rows, desired, acks] = await Promise.all([
    db.nodes.findAll({ where, order: [['id', 'ASC']], limit: 1000 }),
    db.desired.findAll({ where: ofNode }),
    db.nodeAcks.findAll({ where: db.sequelize.and(ofNode, db.sequelize.literal('(node_id, epoch, revision) IN (SELECT node_id, epoch, revision FROM desired)')) })
  ])
  const desiredOf = new Map(desired.map((row) => [row.nodeId, row]))
  const ackOf = new Map(acks.map((row) => [row.nodeId, row]))
  return rows.map((row) => presentNode(row, desiredOf.get(row.id), ackOf.get(row.id), now))
}
