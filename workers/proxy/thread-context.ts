import type { ThreadState } from '../state/thread-state.ts'
import type { Runtime } from './runtime.ts'

/** What every connection of a thread shares. `current` is the one reference that a commit replaces. */
export interface ThreadContext {
  current: Runtime | null
  readonly state: ThreadState
  readonly random: () => number
}
