import type { ThreadState } from '../state/thread-state.ts'
import type { Runtime } from './runtime.ts'

/** As much of a pino logger as the engine needs. */
export interface EngineLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What every connection of a thread shares. `current` is the one reference that a commit replaces. */
export interface ThreadContext {
  current: Runtime | null
  readonly state: ThreadState
  readonly random: () => number
  readonly log: EngineLog
}
