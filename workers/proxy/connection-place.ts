import type { ListenerRow } from '../state/listener-row.ts'
import type { ExchangePool } from './exchange-pool.ts'
import type { ThreadContext } from './thread-context.ts'

/** What all connections of a port share. */
export interface ConnectionPlace<C> {
  readonly thread: ThreadContext
  /** endpointKey() of the port. */
  readonly key: string
  readonly exchanges: ExchangePool
  /** Where the connections are counted; null when the listener was gone already. */
  readonly row: ListenerRow | null
  onClosed: (connection: C) => void
}
