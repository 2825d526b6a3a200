import type { Snapshot } from '../shared/schema/snapshot.ts'

/** A port that should serve, and how. Structurally the engine's Endpoint. */
export interface ListenEndpoint {
  address: string
  port: number
  protocol: 'http' | 'https'
}

/** The endpoint of a listener, with the listener's place in the snapshot for the pointers of issues. */
export interface ListenerEndpoint extends ListenEndpoint {
  index: number
  name: string
}

/** What the enabled listeners of a snapshot ask for. */
export function listenerEndpoints(snapshot: Snapshot): ListenerEndpoint[] {
  return snapshot.content.listeners.flatMap(({ enabled, address, port, protocol, name }, index) =>
    enabled ? [{ address, port, protocol, index, name }] : [])
}
