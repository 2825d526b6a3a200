import type { ConnectionFilter } from '../../shared/schema/open-connection.ts'

/** What is asked of every thread; each answers with a list. `tenants`: only those of these tenants are meant. */
export type ThreadQuestion =
  /** Sampled requests: RecentRequest[]. */
  | { kind: 'recent' }
  /** Open WebSockets that fit: OpenConnection[]. */
  | { kind: 'connections'; filter: ConnectionFilter; tenants?: readonly string[] | undefined }
  /** How many are open, by route and port: ConnectionCount[]. */
  | { kind: 'connectionCounts' }
  /** What policies refused: RefusalCount[]. */
  | { kind: 'refusals' }
  /** What the node does with the targets of an upstream: TargetLoad[], the same from every thread. */
  | { kind: 'targets'; upstreamId: string }
  /** Close it: [true] from the thread that has it, else []. */
  | { kind: 'closeConnection'; connectionId: string; tenants?: readonly string[] | undefined }
  /** What a client is shown that asks for the name, on one port or on each: ThreadCertificate[]. */
  | { kind: 'certificate'; name: string; port?: number }
