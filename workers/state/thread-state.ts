import { randomBytes } from 'node:crypto'
import { FailureWindow } from '../health/failure-window.ts'
import { ReadBuffers } from '../http1/read-buffer.ts'
import { NameResolver } from '../upstreams/name-resolver.ts'
import type { TargetPool } from '../upstreams/target-pool.ts'
import { TlsServer } from '../tls/tls-server.ts'
import type { TlsTerms } from '../tls/tls-terms.ts'
import { FleetLeases } from '../policies/limits/fleet-leases.ts'
import type { LeaseAsk } from '../policies/limits/lease.ts'
import { LimitTable } from '../policies/limits/limit-table.ts'
import { RefusalCounts } from '../policies/refusal-counts.ts'
import { Challenges } from './challenges.ts'
import { ClientCounts } from './client-counts.ts'
import { OpenSockets } from './open-sockets.ts'
import { ListenerRow } from './listener-row.ts'
import { Credentials } from './credentials.ts'
import type { SharedMemory } from './shared-memory.ts'
import { TargetRow } from './target-row.ts'
import { createThreadClock } from './thread-clock.ts'
import { UpstreamRow } from './upstream-row.ts'

/** What one thread counts. Plain numbers, read by stats(). */
export interface ThreadCounts {
  requests: number
  inFlight: number
  /** TLS handshakes that were done, and those of them that went on with an earlier session. */
  handshakes: number
  resumed: number
  /** Copies for mirrors that are not over. */
  mirrored: number
  /** Answers that are being compressed. */
  compressing: number
  byCode: Record<string, number>
}

/** What a thread asks others. */
export interface ThreadAsks {
  /** For parts of limits that all nodes share; answers come through leases.answered(). */
  leases(asks: LeaseAsk[]): void
  /** For what a certificate authority is answered; the answer comes through challenges.answered(). */
  challenge(token: string): void
}

const NOBODY: ThreadAsks = { leases() {}, challenge() {} }

/** Everything of a thread that survives configurations: pools, names, buffers, counters, its coarse clock. */
export class ThreadState {
  readonly clock: () => number
  /** Milliseconds of the node's clock, a tick old at most; read instead of asking the system for every request. */
  now: number
  readonly buffers = new ReadBuffers()
  readonly credentials = new Credentials()
  readonly challenges: Challenges
  readonly names: NameResolver
  readonly clients: ClientCounts
  readonly sockets: OpenSockets
  readonly refusals = new RefusalCounts()
  readonly limits: LimitTable
  readonly leases: FleetLeases
  readonly counted: ThreadCounts = { requests: 0, inFlight: 0, handshakes: 0, resumed: 0, mirrored: 0, compressing: 0, byCode: Object.create(null) as Record<string, number> }
  readonly #memory: SharedMemory
  readonly #thread: number
  readonly #pools = new Map<string, TargetPool>()
  readonly #tlsServers = new Map<string, TlsServer>()
  readonly #windows = new Map<string, FailureWindow>()
  readonly #idPrefix = randomBytes(8).toString('hex')
  #nextId = 0

  /** `asks`: what this thread cannot know by itself. */
  constructor(memory: SharedMemory, thread: number, asks: ThreadAsks = NOBODY) {
    this.#memory = memory
    this.#thread = thread
    this.clock = createThreadClock(memory.clockStart)
    this.now = this.clock()
    this.limits = new LimitTable(memory.limits, memory.seed)
    this.leases = new FleetLeases(asks.leases)
    this.challenges = new Challenges(asks.challenge)
    this.names = new NameResolver(this.clock)
    this.sockets = new OpenSockets(memory.sockets, thread, memory.mostSockets)
    this.clients = new ClientCounts(memory.clients, memory.threads, thread, memory.seed)
  }

  /** Unique on every node and thread. */
  requestId(): string {
    return `${this.#idPrefix}-${(this.#nextId++).toString(36)}`
  }

  countFailure(code: string): void {
    this.counted.byCode[code] = (this.counted.byCode[code] ?? 0) + 1
  }

  targetRow(row: number): TargetRow {
    return new TargetRow(this.#memory.targets, this.#memory.threads, this.#thread, row)
  }

  upstreamRow(row: number): UpstreamRow {
    return new UpstreamRow(this.#memory.upstreams, this.#memory.threads, this.#thread, row)
  }

  listenerRow(row: number): ListenerRow {
    return new ListenerRow(this.#memory.listeners, this.#memory.threads, this.#thread, row)
  }

  /** The pool of this key, made by `create` when there is none yet. */
  pool(key: string, create: () => TargetPool): TargetPool {
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const pool = create()
    this.#pools.set(key, pool)
    return pool
  }

  /** That of an earlier Runtime where its terms are the same. */
  tlsServer(listenerId: string, terms: TlsTerms): TlsServer {
    const key = JSON.stringify([listenerId, terms])
    const server = this.#tlsServers.get(key) ?? new TlsServer(terms, this.credentials)
    this.#tlsServers.set(key, server)
    return server
  }

  /** Certificates or keys are new, or may be: called at once when they came, and each second. */
  refreshTls(): void {
    for (const server of this.#tlsServers.values()) server.refresh(Date.now())
  }

  failureWindow(key: string, row: TargetRow): FailureWindow {
    const known = this.#windows.get(key)
    if (known !== undefined) return known
    const window = new FailureWindow(row.succeeded, row.failed)
    this.#windows.set(key, window)
    return window
  }

  /** Lets go of what no target of the current Runtime uses; requests on these pools end as they are. */
  keepOnly(pools: ReadonlySet<TargetPool>, windows: ReadonlySet<FailureWindow>, servers: ReadonlySet<TlsServer>): void {
    for (const [key, pool] of this.#pools) {
      if (pools.has(pool)) continue
      this.#pools.delete(key)
      pool.retire()
    }
    for (const [key, window] of this.#windows) if (!windows.has(window)) this.#windows.delete(key)
    for (const [key, server] of this.#tlsServers) if (!servers.has(server)) this.#tlsServers.delete(key)
    this.names.keepOnly(new Set([...pools].map((pool) => pool.name.name)))
  }

  originConnections(): number {
    let open = 0
    for (const pool of this.#pools.values()) open += pool.open
    return open
  }

  /** One tick of the clock. */
  sweep(): void {
    this.now = this.clock()
    this.names.refresh(this.now)
    for (const pool of this.#pools.values()) pool.sweep(this.now)
  }
}
