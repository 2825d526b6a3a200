import type { Database } from '../../../db/database.ts'
import type { SnapshotContent } from '../../../shared/schema/snapshot.ts'
import { AppError } from '../../http/app-error.ts'
import { readDraft } from '../../publishing/assemble-draft.ts'
import { contentOf, findLive, findSnapshot } from '../../publishing/live.ts'

/** The content of `live`, `draft` or a revision number. Live is empty before the first publish. @throws AppError not_found, config_invalid */
export async function contentAt(db: Database, place: string): Promise<SnapshotContent> {
  if (place === 'live') return contentOf(await findLive(db))
  if (place !== 'draft') return contentOf(await findSnapshot(db, Number(place)))
  const draft = await readDraft(db)
  if (!draft.ok) throw new AppError('config_invalid', { issues: draft.issues })
  return draft.value
}
