import type { Signals } from '../state/signals.ts'
import type { ThreadState } from '../state/thread-state.ts'
import type { TimingWheel } from '../state/timing-wheel.ts'
import type { TargetEvent } from '../target-event.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { OpenWebSockets } from '../websocket/open-web-sockets.ts'
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
  readonly wheel: TimingWheel
  readonly signals: Signals
  readonly webSockets: OpenWebSockets
  readonly telemetry: Telemetry
  readonly random: () => number
  readonly log: EngineLog
  onTargetEvent(event: TargetEvent): void
}
