import { api } from '../../api/api.ts'
import type { StoredOf } from '../../api/types.ts'
import type { DraftedKind } from '../../../../shared/schema/resource.ts'

const PAGE = 500

/**
 * Every stored resource of a kind, up to `most`, by name; `more` tells that some were left out. `heard` gets what there is
 * after each page.
 */
export async function allOf<K extends DraftedKind>(kind: K, signal?: AbortSignal, most = 2000, heard: (items: StoredOf<K>[]) => void = () => {}): Promise<{ items: StoredOf<K>[]; more: boolean }> {
  let items: StoredOf<K>[] = []
  let cursor: string | null = null
  do {
    const page: { items: unknown[]; nextCursor: string | null } = await api[kind].list({ limit: PAGE, cursor, sort: 'name' }, signal)
    items = [...items, ...(page.items as StoredOf<K>[])]
    cursor = page.nextCursor
    heard(items)
  } while (cursor !== null && items.length < most)
  return { items, more: cursor !== null }
}
