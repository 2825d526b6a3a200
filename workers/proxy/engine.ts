import type net from 'node:net'
import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { Snapshot } from '../../shared/schema/snapshot.ts'
import { InFlightCounts } from '../state/shared-counters.ts'
import { ThreadState } from '../state/thread-state.ts'
import { buildRuntime } from './build-runtime.ts'
import { ClientConnection } from './client-connection.ts'
import { FAILURES } from './failure.ts'
import { gatewayAnswer } from './gateway-answer.ts'
import { endpointKey, type Runtime } from './runtime.ts'
import type { ThreadContext } from './thread-context.ts'

/** A port that this thread accepts connections on. */
export interface Endpoint {
  address: string
  port: number
  protocol: 'http' | 'https'
}

/** As much of a pino logger as the engine needs. */
export interface EngineLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
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
  const thread: ThreadContext = { current: null, state, random: options.random ?? Math.random }
  const connections = new Set<ClientConnection>()
  const open = new Map<string, number>()
  let prepared: Runtime | null = null
  let drained: (() => void) | null = null

  setInterval(() => {
    state.sweep()
    for (const connection of connections) connection.sweep(state.now)
  }, TICK_MS).unref()

  const forget = (connection: ClientConnection) => {
    connections.delete(connection)
    open.set(connection.key, (open.get(connection.key) ?? 1) - 1)
    if (connections.size === 0) drained?.()
  }

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
    accept(socket, endpoint) {
      const key = endpointKey(endpoint)
      const count = (open.get(key) ?? 0) + 1
      const most = thread.current?.listeners.get(key)?.limits.maxConnections
      if (most !== undefined && count > Math.ceil(most / options.threads)) return refuse(socket, state)
      open.set(key, count)
      connections.add(new ClientConnection(socket, endpoint, thread, forget))
    },
    closeEndpoint(endpoint) {
      const key = endpointKey(endpoint)
      for (const connection of connections) if (connection.key === key) connection.close()
    },
    drain(ms) {
      for (const connection of connections) connection.close()
      if (connections.size === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          for (const connection of connections) connection.destroy()
          resolve()
        }, ms)
        drained = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    },
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

function refuse(socket: net.Socket, state: ThreadState): void {
  const { status, code, message } = FAILURES.tooManyConnections
  state.countFailure(code)
  socket.on('error', () => {})
  socket.end(gatewayAnswer({ status, code, message, requestId: state.requestId(), accept: '', close: true, withoutBody: false }))
}
