import type net from 'node:net'
import type { ThreadResult } from '../shared/schema/node-api.ts'
import type { ListenEndpoint } from './endpoint.ts'

/** What the primary tells a worker process when it starts. */
export interface WorkerSettings {
  nodeId: string
  logLevel: string
  threads: number
  threadStallSeconds: number
  drainSeconds: number
  orphanSeconds: number
  dataDir: string
}

/** Primary to worker process. A `listen` travels with a socket. `id` numbers what is answered. */
export type ToProcess =
  | { kind: 'start'; settings: WorkerSettings }
  | { kind: 'prepare'; id: number; snapshot: string }
  | { kind: 'commit'; id: number; endpoints: ListenEndpoint[] }
  | { kind: 'abort' }
  | { kind: 'listen'; id: number; thread: number; endpoint: ListenEndpoint }
  | { kind: 'close'; id: number; endpoint: ListenEndpoint }
  | { kind: 'drain'; id: number; ms: number }

/** Worker process to primary. `thread-ready`: a replaced thread has the configuration and waits for its sockets. */
export type FromProcess =
  | { kind: 'ready' }
  | { kind: 'answer'; id: number; result: unknown }
  | { kind: 'thread-ready'; thread: number }
  | { kind: 'stats'; stats: ProcessStats }

/** Worker process to thread. `snapshot` is JSON: parsing it is quicker than a structured clone. */
export type ToThread =
  | { kind: 'prepare'; id: number; snapshot: string; rows: ReadonlyMap<string, number> }
  | { kind: 'commit'; id: number; endpoints: ListenEndpoint[] }
  | { kind: 'abort' }
  | { kind: 'listen'; id: number; endpoint: ListenEndpoint; socket: net.Socket }
  | { kind: 'close'; id: number; endpoint: ListenEndpoint }
  | { kind: 'close-all'; id: number }
  | { kind: 'drain'; id: number; ms: number }

/** Thread to worker process. `up`: the thread has loaded its code. */
export type FromThread =
  | { kind: 'up' }
  | { kind: 'answer'; id: number; result: unknown }
  | { kind: 'stats'; stats: ThreadStats }

/** What the worker process hands to a thread when it starts it. */
export interface ThreadData {
  thread: number
  threads: number
  nodeId: string
  logLevel: string
  /** Counters that all threads share. */
  counters: SharedArrayBuffer
  /** One Int32 for each thread, counted up as a sign of life. */
  beats: SharedArrayBuffer
}

/** Answer to `prepare` from one thread. */
export type Prepared = Omit<ThreadResult, 'thread'>

/** Answer to `listen`: null when the thread listens. */
export type ListenAnswer = { code: string; message: string } | null

/** The code of a ListenAnswer when the thread is just being replaced: it gets its sockets when it is ready. */
export const THREAD_GONE = 'THREAD_GONE'

export interface ThreadStats {
  connections: number
  requests: number
  inFlight: number
  originConnections: number
  byCode: Record<string, number>
  /** p99 over about 5 s. */
  eventLoopDelayMs: number
}

/** Sums over the threads; `requests` and `byCode` go on counting over replaced threads. */
export interface ProcessStats extends ThreadStats {
  /** Threads that are up. */
  threads: number
  threadRestarts: number
  /** Of those, threads that showed no life. */
  threadStalls: number
  rssBytes: number
}
