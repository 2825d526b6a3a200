import type { Database } from '../../../db/database.ts'
import type { SnapshotContent } from '../../../shared/schema/snapshot.ts'
import { AppError } from '../../http/app-error.ts'
import { readDraft } from '../../publishing/assemble-draft.ts'
import { contentOf, findLive, findSnapshot } from '../../publishing/live.ts'
import type { ContentPlace } from '../../snapshots/change-origins.ts'
import type { TenantScope } from '../../tenancy/tenant-scope.ts'

/** A configuration and where it is from. Live is empty before the first publish. */
export interface PlacedContent extends ContentPlace {
  content: SnapshotContent
}

/**
 * What `live`, `draft` or a revision number means: the whole of it, of which a scope may see a part. Who published it is
 * told only to who is not limited to a scope, and so are the issues of a draft that cannot be read.
 * @throws AppError not_found, config_invalid
 */
export async function placedContent(db: Database, place: string, scope: TenantScope | null): Promise<PlacedContent> {
  if (place === 'draft') return { content: await draftContent(db, scope), isDraft: true, at: new Date(), publishedBy: null }
  const row = place === 'live' ? await findLive(db) : await findSnapshot(db, Number(place))
  return { content: contentOf(row), isDraft: false, at: row?.createdAt ?? new Date(0), publishedBy: scope === null ? row?.createdBy ?? null : null }
}

/** The whole content of `live`, `draft` or a revision number. @throws AppError not_found, config_invalid */
export async function contentAt(db: Database, place: string, scope: TenantScope | null): Promise<SnapshotContent> {
  return (await placedContent(db, place, scope)).content
}

async function draftContent(db: Database, scope: TenantScope | null): Promise<SnapshotContent> {
  const draft = await readDraft(db)
  if (!draft.ok) throw new AppError('config_invalid', scope === null ? { issues: draft.issues } : {})
  return draft.value
}
