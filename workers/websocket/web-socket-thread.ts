import type { TimingWheel } from '../state/timing-wheel.ts'

/** As much of a thread as a WebSocket needs. */
export interface WebSocketThread<W> {
  readonly state: { readonly now: number }
  readonly wheel: TimingWheel
  /** Those that are open. */
  readonly webSockets: { add(webSocket: W): void; remove(webSocket: W): void }
  readonly log: { error(fields: object, message: string): void }
}
