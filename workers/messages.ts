import type net from 'node:net'
import type { Issue } from '../shared/schema/issue.ts'
import type { RefusalCount } from '../shared/schema/refusal-count.ts'
import type { OperationalState } from '../shared/schema/operational-state.ts'
import type { Desired } from '../shared/schema/node-api.ts'
import type { HealthNews } from '../shared/schema/target-health.ts'
import type { Served } from '../shared/traffic/served.ts'
import type { NodeSecrets } from './credential.ts'
import type { ListenEndpoint } from './endpoint.ts'
import type { Ejection } from './health/ejections.ts'
import type { LeaseAnswer, LeaseAsk } from './policies/limits/lease.ts'
import type { ThreadQuestion } from './questions/thread-question.ts'
import type { SharedMemory } from './state/shared-memory.ts'
import type { TargetEvent } from './target-event.ts'
import type { WebSocketCounts } from './websocket/web-socket-counts.ts'
import type { RouteTraffic } from './telemetry/route-traffic.ts'

/** What the primary tells a worker process when it starts. */
export interface WorkerSettings {
  nodeId: string
  logLevel: string
  threads: number
  threadStallSeconds: number
  drainSeconds: number
  orphanSeconds: number
  memoryLimitMb: number
  /** 'stdout' or a file. */
  accessLog: string
  /** Targets that are out already, from the process before. */
  ejections: Ejection[]
  dataDir: string
}

/** Primary to worker process. A `listen` travels with a socket. `id` numbers what is answered. */
export type ToProcess =
  | { kind: 'start'; settings: WorkerSettings }
  | { kind: 'prepare'; id: number; snapshot: string }
  | { kind: 'commit'; id: number; endpoints: ListenEndpoint[] }
  | { kind: 'abort' }
  | { kind: 'credentials'; credentials: NodeSecrets }
  | { kind: 'health'; news: HealthNews[] }
  | { kind: 'operate'; state: OperationalState }
  | { kind: 'traffic'; id: number }
  | { kind: 'ask'; id: number; question: ThreadQuestion }
  | { kind: 'leased'; thread: number; answers: LeaseAnswer[] }
  | { kind: 'challenge-answer'; thread: number; token: string; keyAuthorization: string | null }
  | { kind: 'listen'; id: number; thread: number; endpoint: ListenEndpoint }
  | { kind: 'close'; id: number; endpoint: ListenEndpoint }
  | { kind: 'drain'; id: number; ms: number }

/** Worker process to primary. `thread-ready`: a replaced thread has the configuration and waits for its sockets. */
export type FromProcess =
  | { kind: 'ready' }
  | { kind: 'answer'; id: number; result: unknown }
  | { kind: 'thread-ready'; thread: number }
  | { kind: 'stats'; stats: ProcessStats }
  | { kind: 'lease'; thread: number; asks: LeaseAsk[] }
  | { kind: 'challenge'; thread: number; token: string }
  | { kind: 'target-event'; event: TargetEvent }
  | { kind: 'last-traffic'; traffic: RouteTraffic[] }

/**
 * Worker process to thread. A configuration comes as `prepare`, then its parts, then `prepare-end`, each sent when the one
 * before is answered, so that requests are served in between. `part` is JSON of a RuntimePart.
 */
export type ToThread =
  | { kind: 'prepare'; id: number; desired: Desired; whole: boolean }
  | { kind: 'prepare-part'; id: number; part: string }
  | { kind: 'prepare-end'; id: number }
  | { kind: 'commit'; id: number; endpoints: ListenEndpoint[] }
  | { kind: 'abort' }
  | { kind: 'credentials'; id: number; credentials: NodeSecrets }
  | { kind: 'ask'; id: number; question: ThreadQuestion }
  | { kind: 'log-taken' }
  | ThreadTold
  | { kind: 'listen'; id: number; endpoint: ListenEndpoint; socket: net.Socket }
  | { kind: 'close'; id: number; endpoint: ListenEndpoint }
  | { kind: 'close-all'; id: number }
  | { kind: 'drain'; id: number; ms: number }

/** Thread to worker process. `up`: the thread has loaded its code. */
export type FromThread =
  | { kind: 'up' }
  | { kind: 'log'; lines: string }
  | { kind: 'target-event'; event: TargetEvent }
  | { kind: 'answer'; id: number; result: unknown }
  | { kind: 'stats'; stats: ThreadStats; serving: Desired | null }
  | ThreadAsked

/** What a thread asks the primary. */
export type ThreadAsked = { kind: 'lease'; asks: LeaseAsk[] } | { kind: 'challenge'; token: string }

/** And what it is answered. */
export type ThreadTold = { kind: 'leased'; answers: LeaseAnswer[] } | { kind: 'challenge-answer'; token: string; keyAuthorization: string | null }

/** What the worker process hands to a thread when it starts it. */
export interface ThreadData {
  thread: number
  nodeId: string
  logLevel: string
  /** Shared by all threads. */
  memory: SharedMemory
  /** From createTrafficTable(). */
  traffic: SharedArrayBuffer
  /** One Int32 for each thread, counted up as a sign of life. */
  beats: SharedArrayBuffer
}

/** Answer of a thread to each step of preparing. */
export interface ThreadPrepared {
  /** How long the thread served no request for it. */
  blockedMs: number
  issues: Issue[]
}

/** Answer to `listen`: null when the thread listens. */
export type ListenAnswer = { code: string; message: string } | null

/** The code of a ListenAnswer when the thread is just being replaced: it gets its sockets when it is ready. */
export const THREAD_GONE = 'THREAD_GONE'

export interface ThreadStats {
  connections: number
  requests: number
  inFlight: number
  originConnections: number
  /** Lines of the access log that nobody read in time. */
  logLinesDropped: number
  byCode: Record<string, number>
  /** What policies refused, or would have. */
  refusals: RefusalCount[]
  webSockets: WebSocketCounts
  /** TLS handshakes that were done, and those of them that went on with an earlier session. */
  handshakes: number
  resumed: number
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
  ejections: Ejection[]
  ejectionsTotal: number
  /** Since the process began. */
  served: Served
  /** By class of status, the first being answers that no client got whole. */
  responses: number[]
  /** As each thread says; null: nothing, or it is being replaced. */
  threadsServing: { thread: number; serving: Desired | null }[]
  rssBytes: number
}
