import type net from 'node:net'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { Snapshot } from '../../shared/schema/snapshot.ts'
import { InFlightCounts } from '../state/shared-counters.ts'
import { ThreadState } from '../state/thread-state.ts'
import { buildRuntime } from './build-runtime.ts'
import { OpenConnections } from './open-connections.ts'
import { endpointKey, type Runtime } from './runtime.ts'
import type { EngineLog, ThreadContext } from './thread-context.ts'

/** A port that this thread accepts connections on. */
export interface Endpoint {
  address: string
  port: number
  protocol: 'http' | 'https'
}

export interface EngineOptions {
  /** Number of this thread, from 0. */
  thread: number
  threads: number
  /** From createSharedCounters(), shared by all threads of the process. */
  counters: SharedArrayBuffer
  log: EngineLog
  random?: () => number
}

export interface EngineStats {
  connections: number
  requests: number
  inFlight: number
  originConnections: number
  /** Answers made by the gateway itself, by code. */
  byCode: Record<string, number>
}

/** The data path of one thread. */
export interface Engine {
  /** Builds the Runtime for the snapshot aside; requests notice nothing. Issues with severity error = refused. */
  prepare(snapshot: Snapshot, rows: ReadonlyMap<string, number>): Issue[]
  /** Makes the prepared Runtime current by one assignment. */
  commit(): void
  /** Forgets the prepared Runtime. */
  abort(): void
  /** Takes over an accepted connection (from net.createServer({ noDelay: true, pauseOnConnect: true })). */
  accept(socket: net.Socket, endpoint: Endpoint): void
  /** The port is going away: its connections end with their current answer, idle ones after a second. */
  closeEndpoint(endpoint: Endpoint): void
  /** As closeEndpoint for all ports; resolves when no connection is left, and cuts the rest after `ms`. */
  drain(ms: number): Promise<void>
  stats(): EngineStats
}

/** Resolution of every timeout. */
const TICK_MS = 100

export function createEngine(options: EngineOptions): Engine {
  const state = new ThreadState(new InFlightCounts(options.counters, options.threads, options.thread))
  const thread: ThreadContext = { current: null, state, random: options.random ?? Math.random, log: options.log }
  const connections = new OpenConnections(thread, options.threads)
  let prepared: Runtime | null = null

  setInterval(() => {
    state.sweep()
    connections.sweep(state.now)
  }, TICK_MS).unref()

  return {
    prepare(snapshot, rows) {
      prepared = null
      const built = guarded(() => buildRuntime(snapshot, rows, state))
      if (Array.isArray(built)) return built
      prepared = built
      return []
    },
    commit() {
      if (prepared === null) return
      thread.current = prepared
      prepared = null
      state.keepOnly(poolsOf(thread.current))
    },
    abort() {
      prepared = null
    },
    accept: (socket, endpoint) => connections.accept(socket, endpoint),
    closeEndpoint: (endpoint) => connections.close(endpointKey(endpoint)),
    drain: (ms) => connections.drain(ms),
    stats: () => ({
      connections: connections.size,
      requests: state.counted.requests,
      inFlight: state.counted.inFlight,
      originConnections: state.originConnections(),
      byCode: { ...state.counted.byCode }
    })
  }
}

/** A defect in compiling refuses the snapshot; it must never end the thread that serves the old one. */
function guarded(build: () => Runtime | Issue[]): Runtime | Issue[] {
  try {
    return build()
  } catch (error) {
    return [errorIssue('', 'compile_failed', `the snapshot could not be compiled: ${(error as Error).message}`)]
  }
}

function poolsOf(runtime: Runtime) {
  return new Set(runtime.actions.flatMap((action) => action.targets.map((target) => target.pool)))
}
