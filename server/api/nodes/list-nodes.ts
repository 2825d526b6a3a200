import { col, fn, Op, where } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import type { NodeRow } from '../../../db/models/nodes.ts'
import { contains, type Filter, label, type Where, yesOrNo } from '../../lists/filters.ts'
import { defineList, type ListQuery } from '../../lists/list.ts'
import { type Page, pageRows } from '../../lists/page-rows.ts'
import { ONLINE_MS, presentNode } from './present-node.ts'

/** By when the node was heard of last. */
const online: Filter = {
  ...yesOrNo('online', 'Only those that are heard of now, or only the others.'),
  where(value) {
    const since = new Date(Date.now() - ONLINE_MS)
    return { lastHeartbeatAt: value === 'true' ? { [Op.gt]: since } : { [Op.or]: [{ [Op.lte]: since }, { [Op.is]: null }] } } as Where
  }
}

/** Labels that were set here go before those that the node itself reports. */
const labelled: Filter = {
  ...label('labels'),
  where(value) {
    const [key = '', ...rest] = value.split('=')
    const reported = fn('jsonb_extract_path_text', col('heartbeat'), 'labels', key)
    const own = fn('jsonb_extract_path_text', col('labels'), key)
    const effective = fn('coalesce', own, reported)
    return where(effective, rest.length === 0 ? { [Op.ne]: null } : { [Op.eq]: rest.join('=') }) as unknown as Where
  }
}

export const NODE_LIST = defineList({
  sortable: {
    id: { attribute: 'id', type: 'text' },
    createdAt: { attribute: 'createdAt', type: 'moment' },
    lastHeartbeatAt: { attribute: 'lastHeartbeatAt', type: 'moment', nullable: true }
  },
  sort: 'id',
  unique: { attribute: 'id', type: 'text' },
  filters: { q: contains('id', 'Only ids that contain this, letter case ignored.'), online, label: labelled }
})

type NodeItem = ReturnType<typeof presentNode>

/** One page of the data nodes as the API shows them. */
export async function listNodes(db: Database, query: ListQuery, now: Date): Promise<Page<NodeItem>> {
  const { items, nextCursor } = await pageRows(db.nodes, NODE_LIST, query)
  return { items: await presentNodes(db, items, now), nextCursor }
}

/** A data node as the API shows it; undefined: there is none with this id. */
export async function findNode(db: Database, id: string, now: Date): Promise<NodeItem | undefined> {
  const row = await db.nodes.findByPk(id)
  return row === null ? undefined : (await presentNodes(db, [row], now))[0]
}

async function presentNodes(db: Database, rows: readonly NodeRow[], now: Date): Promise<NodeItem[]> {
  const nodeId = rows.map(({ id }) => id)
  const [desired, acks] = await Promise.all([
    db.desired.findAll({ where: { nodeId } }),
    db.nodeAcks.findAll({ where: db.sequelize.and({ nodeId }, db.sequelize.literal('(node_id, epoch, revision) IN (SELECT node_id, epoch, revision FROM desired)')) })
  ])
  const desiredOf = new Map(desired.map((row) => [row.nodeId, row]))
  const ackOf = new Map(acks.map((row) => [row.nodeId, row]))
  return rows.map((row) => presentNode(row, desiredOf.get(row.id), ackOf.get(row.id), now))
}
