import type { Issue } from '../../shared/schema/issue.ts'
import type { RuntimePart } from '../configuration/runtime-part.ts'
import type { NodeSecrets } from '../credential.ts'
import type { ConnectionHandle } from '../listeners/accept-handles.ts'
import type { SharedMemory } from '../state/shared-memory.ts'
import { Signals } from '../state/signals.ts'
import { TICK_MS } from '../state/target-row.ts'
import { ThreadState } from '../state/thread-state.ts'
import { TimingWheel } from '../state/timing-wheel.ts'
import type { TargetEvent } from '../target-event.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { OpenConnections } from './open-connections.ts'
import { endpointKey } from './runtime.ts'
import { RuntimePreparation } from './runtime-preparation.ts'
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
  /** From createSharedMemory(), shared by all threads of the process. */
  memory: SharedMemory
  telemetry: Telemetry
  log: EngineLog
  onTargetEvent(event: TargetEvent): void
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
  /** Begins to build a Runtime aside: from the current one, or `whole` from nothing. Requests notice nothing. */
  begin(revision: number, whole: boolean): void
  /** Takes in a piece. Issues with severity error refuse the configuration; the engine then goes on with the current one. */
  add(part: RuntimePart): Issue[]
  /** All pieces are there: the Runtime waits for commit(). */
  finish(): Issue[]
  /** Makes the prepared Runtime current by one assignment. */
  commit(): void
  /** Forgets the prepared Runtime. */
  abort(): void
  /** New connections show these certificates. */
  useCredentials(credentials: NodeSecrets): void
  /** Takes over an accepted connection (from acceptHandles()). */
  accept(handle: ConnectionHandle, endpoint: Endpoint): void
  /** The port is going away: its connections end with their current answer, idle ones after a second. */
  closeEndpoint(endpoint: Endpoint): void
  /** As closeEndpoint for all ports; resolves when no connection is left, and cuts the rest after `ms`. */
  drain(ms: number): Promise<void>
  stats(): EngineStats
}

/** Ticks between two looks at what goes on without requests. */
const LOOK_AFTER_TICKS = 10

export function createEngine(options: EngineOptions): Engine {
  const state = new ThreadState(options.memory, options.thread)
  const { telemetry, log, onTargetEvent } = options
  const thread: ThreadContext = {
    current: null,
    state,
    wheel: new TimingWheel(TICK_MS, state.now),
    signals: new Signals(options.memory.signals),
    telemetry,
    random: options.random ?? Math.random,
    log,
    onTargetEvent
  }
  const connections = new OpenConnections(thread)
  const preparation = new RuntimePreparation(thread)
  let ticks = 0

  setInterval(() => {
    state.sweep()
    thread.wheel.advance(state.now)
    connections.sweep()
    telemetry.tick()
    if (++ticks % LOOK_AFTER_TICKS === 0) lookAfter(thread)
  }, TICK_MS).unref()

  return {
    begin: (revision, whole) => preparation.begin(revision, whole),
    add: (part) => preparation.add(part),
    finish: () => preparation.finish(),
    commit() {
      const prepared = preparation.take()
      if (prepared === null) return
      thread.current = prepared
      letGo(thread)
    },
    abort() {
      preparation.forget()
      letGo(thread)
    },
    useCredentials: (credentials) => state.credentials.replace(credentials),
    accept: (handle, endpoint) => connections.accept(handle, endpoint),
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

/** Lets go of pools and windows that the current Runtime does not use. */
function letGo({ current, state }: ThreadContext): void {
  const targets = [...current?.upstreams.values() ?? []].flatMap((upstream) => upstream.targets)
  state.keepOnly(new Set(targets.map(({ pool }) => pool)), new Set(targets.map(({ window }) => window)))
}

/** Looks after what goes on without requests: what passive health counts, targets whose time out is over, keys of providers. */
function lookAfter({ current, state }: ThreadContext): void {
  for (const upstream of current?.upstreams.values() ?? []) {
    upstream.health.sweep(state.now)
    upstream.available.list(state.now)
  }
  for (const source of current?.identity.sources ?? []) source.refresh()
}
