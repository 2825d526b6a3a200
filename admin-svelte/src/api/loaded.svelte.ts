import { untrack } from 'svelte'
import { toApiError, type ApiError } from './api-error.ts'

/** A control plane that does not answer is asked again after so long. */
const AGAIN_MS = 3_000

/** Something read from the API, as a page shows it: the last good value stays while a reload fails. */
export interface Loaded<T> {
  readonly value: T | undefined
  readonly error: ApiError | undefined
  readonly loading: boolean
  reload(): Promise<void>
}

/**
 * Loads when the component mounts, again whenever a reactive value changes that `load` reads before its first await,
 * and every `everyMs` (0: never; a function may change with time) while the page is visible and `settled` does not hold
 * for the last value. While nothing answers it tries again. Call it while a component initialises.
 */
export function loaded<T>(load: (signal: AbortSignal) => Promise<T>, everyMs: number | (() => number) = 0, settled: (value: T) => boolean = () => false): Loaded<T> {
  let value = $state.raw<T>()
  let error = $state.raw<ApiError>()
  let loading = $state(true)
  let current: AbortController | undefined
  let again: ReturnType<typeof setTimeout> | undefined

  async function run(): Promise<void> {
    clearTimeout(again)
    current?.abort()
    const mine = new AbortController()
    current = mine
    untrack(() => (loading = true))
    try {
      const next = await load(mine.signal)
      if (current !== mine) return
      value = next
      error = undefined
    } catch (thrown) {
      if (current !== mine) return
      error = toApiError(thrown)
      if (error.code === 'unreachable') again = setTimeout(() => void run(), AGAIN_MS)
    }
    loading = false
  }

  $effect(() => {
    void run()
    return () => {
      clearTimeout(again)
      current?.abort()
      current = undefined
    }
  })

  $effect(() => {
    const every = typeof everyMs === 'number' ? everyMs : everyMs()
    if (every === 0) return
    const due = () => !document.hidden && !loading && (value === undefined || !settled(value))
    const timer = setInterval(() => due() && void run(), every)
    return () => clearInterval(timer)
  })

  return {
    get value() {
      return value
    },
    get error() {
      return error
    },
    get loading() {
      return loading
    },
    reload: run
  }
}
