import type { Transaction } from 'sequelize'
import type { Database } from '../../db/database.ts'
import type { SnapshotRow } from '../../db/models/publishing.ts'
import { errorIssue, type Decoded } from '../../shared/schema/issue.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { invalidRequest } from '../http/app-error.ts'
import { inRepeatableRead } from '../in-transaction.ts'
import { assembleDraft } from './assemble-draft.ts'
import { composeContent, type Selection, unknownIds } from './compose-content.ts'
import { contentOf, findLive } from './live.ts'

/** The whole draft, and what a publish of the selection would make live. */
export interface Selected {
  draft: SnapshotContent
  content: SnapshotContent
}

/**
 * What a publish of the selection would make live. Not ok when stored rows no longer decode.
 * @throws AppError invalid_request for ids that are of nothing
 */
export async function selectContent(db: Database, transaction: Transaction, live: SnapshotRow | null, selection: Selection): Promise<Decoded<Selected>> {
  const draft = await assembleDraft(db, transaction)
  if (!draft.ok) return draft
  const before = contentOf(live)
  const unknown = unknownIds(before, draft.value, selection)
  if (unknown.length > 0) throw invalidRequest(unknown.map(({ id, index }) => errorIssue(`/only/${index}`, 'unknown_reference', `neither the draft nor what is live has a resource with the id ${id} that you may publish`)))
  return { ok: true, value: { draft: draft.value, content: composeContent(before, draft.value, selection) }, issues: [] }
}

/** The same, of one moment, with what is live then. */
export async function readSelected(db: Database, selection: Selection): Promise<{ live: SnapshotRow | null; selected: Decoded<Selected> }> {
  return inRepeatableRead(db, async (transaction) => {
    const live = await findLive(db, transaction)
    return { live, selected: await selectContent(db, transaction, live, selection) }
  })
}
