import type { ListenerRow } from '../state/listener-row.ts'
import type { ExchangePool } from './exchange-pool.ts'
import type { Peer } from './peer.ts'
import type { ThreadContext } from './thread-context.ts'

/** A client's connection as its thread keeps it, whatever is spoken on it. */
export interface OpenConnection {
  readonly place: ConnectionPlace
  readonly peer: Pick<Peer, 'address'>
  /** endpointKey() of the port. */
  readonly key: string
  /** Nothing is asked and nothing served. */
  readonly isIdle: boolean
  /** Ends with what is served at the moment. */
  close(): void
  destroy(): void
  /** The node is drained: ends with what is served next; an idle one within `ms`. */
  retire(ms: number): void
}

/** What all connections of a port share. */
export interface ConnectionPlace {
  readonly thread: ThreadContext
  /** endpointKey() of the port. */
  readonly key: string
  readonly exchanges: ExchangePool
  /** Where the connections are counted; null when the listener was gone already. */
  readonly row: ListenerRow | null
  onClosed: (connection: OpenConnection) => void
}
