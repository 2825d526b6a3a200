import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { Decoded } from '../../shared/schema/issue.ts'
import { DRAFTED_KINDS } from '../../shared/schema/resource.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { decodeContent } from '../../shared/snapshot/decode-snapshot.ts'
import { inRepeatableRead } from '../in-transaction.ts'
import { specOf } from '../resources/present-resource.ts'

/** The whole draft as it is at one moment. */
export async function readDraft(db: Database): Promise<Decoded<SnapshotContent>> {
  return inRepeatableRead(db, (transaction) => assembleDraft(db, transaction))
}

/** The whole draft as the content of a snapshot, in the fixed order of ids. Not ok when stored rows no longer decode. */
export async function assembleDraft(db: Database, transaction: Transaction): Promise<Decoded<SnapshotContent>> {
  const content: Record<string, unknown[]> = {}
  for (const kind of DRAFTED_KINDS) {
    // Raw, because 10,000 instances would cost as much as reading them.
    const rows = await db.drafted[kind].findAll({ where: { deletedAt: null }, order: [['id', 'ASC']], raw: true, transaction })
    content[kind] = rows.map((row) => ({ id: row.id, ...specOf(row) }))
  }
  return decodeContent(content)
}
