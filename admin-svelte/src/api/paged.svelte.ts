import { toApiError, type ApiError } from './api-error.ts'
import { loaded, type Loaded } from './loaded.svelte.ts'
import type { Page } from './types.ts'

/** A list that is read page by page, newest first. */
export interface Paged<T> {
  readonly first: Loaded<Page<T>>
  /** Everything read so far. */
  readonly items: T[]
  readonly hasMore: boolean
  readonly fetching: boolean
  /** Why the last `more` failed. */
  readonly error: ApiError | undefined
  more(): Promise<void>
}

/**
 * Reads the first page when the component mounts, again when what `load` reads first changes, and one more with each `more`;
 * and every `everyMs` (0: never) until somebody has read older pages, which would be gone with it.
 */
export function paged<T>(load: (cursor: string | null, signal?: AbortSignal) => Promise<Page<T>>, everyMs = 0): Paged<T> {
  let older = $state.raw<T[]>([])
  let cursor = $state.raw<string | null>()
  let fetching = $state(false)
  let error = $state.raw<ApiError>()
  const first = loaded((signal) => {
    // Pages that were read of another list are none of this one.
    older = []
    cursor = undefined
    return load(null, signal)
  }, everyMs, () => older.length > 0)
  const next = $derived(cursor === undefined ? (first.value?.nextCursor ?? null) : cursor)

  return {
    first,
    get items() {
      return [...(first.value?.items ?? []), ...older]
    },
    get hasMore() {
      return next !== null
    },
    get fetching() {
      return fetching
    },
    get error() {
      return error
    },
    async more() {
      fetching = true
      error = undefined
      try {
        const page = await load(next)
        older = [...older, ...page.items]
        cursor = page.nextCursor
      } catch (thrown) {
        error = toApiError(thrown)
      }
      fetching = false
    }
  }
}
