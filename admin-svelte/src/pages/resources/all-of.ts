import { api } from '../../api/api.ts'
import type { StoredOf } from '../../api/types.ts'
import type { DraftedKind } from '../../../../shared/schema/resource.ts'

const PAGE = 500

/** Every stored resource of a kind, up to `most`, in the order the API gives them; `more` tells that some were left out. */
export async function allOf<K extends DraftedKind>(kind: K, signal?: AbortSignal, most = 2000): Promise<{ items: StoredOf<K>[]; more: boolean }> {
  const items: StoredOf<K>[] = []
  let cursor: string | null = null
  do {
    const page: { items: unknown[]; nextCursor: string | null } = await api[kind].list({ limit: PAGE, cursor, sort: 'name' }, signal)
    items.push(...(page.items as StoredOf<K>[]))
    cursor = page.nextCursor
  } while (cursor !== null && items.length < most)
  return { items, more: cursor !== null }
}
