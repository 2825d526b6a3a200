import type { TargetLoad } from '../../shared/schema/target-load.ts'
import { describeTargets } from '../health/describe-targets.ts'
import type { Issue } from '../../shared/schema/issue.ts'
import type { RuntimePart } from '../configuration/runtime-part.ts'
import type { NodeSecrets } from '../credential.ts'
import { type Identity, NO_IDENTITY } from '../identity/build-identity.ts'
import type { ConnectionHandle } from '../listeners/accept-handles.ts'
import { downAnswer, type LeaseAnswer, type LeaseAsk } from '../policies/limits/lease.ts'
import type { RefusalCount } from '../../shared/schema/refusal-count.ts'
import type { SharedMemory } from '../state/shared-memory.ts'
import { Signals } from '../state/signals.ts'
import { TICK_MS } from '../state/target-row.ts'
import { ThreadState } from '../state/thread-state.ts'
import { TimingWheel } from '../state/timing-wheel.ts'
import type { TargetEvent } from '../target-event.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { OpenWebSockets } from '../websocket/open-web-sockets.ts'
import type { WebSocketCounts } from '../websocket/web-socket-counts.ts'
import { OpenConnections } from './open-connections.ts'
import { endpointKey, promiseOf, type Runtime, type RuntimeListener } from './runtime.ts'
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
  /** Asks for parts of limits that all nodes share; absent: nobody can be asked. */
  askLeases?: (asks: LeaseAsk[]) => void
  /** Asks for what a certificate authority is answered; absent: nobody can be asked. */
  askChallenge?: (token: string) => void
  random?: () => number
}

export interface EngineStats {
  connections: number
  requests: number
  inFlight: number
  originConnections: number
  webSockets: WebSocketCounts
  /** TLS handshakes that were done, and those of them that went on with an earlier session. */
  handshakes: number
  resumed: number
  /** Answers made by the gateway itself, by code. */
  byCode: Record<string, number>
  /** What policies refused, or would have. */
  refusals: RefusalCount[]
}

/** The data path of one thread. */
export interface Engine {
  /** Begins to build a Runtime aside: from the current one, or `whole` from nothing. Requests notice nothing. */
  begin(revision: number, whole: boolean): void
  /** Takes in a piece. Issues with severity error refuse the configuration; the engine then goes on with the current one. */
  add(part: RuntimePart): Issue[]
  /** All pieces are there: the Runtime waits for commit(). */
  finish(): Issue[]
  /** Resolves when the keys of identity providers were fetched for the first time, or could not be: no request waits for them. */
  firstKeys(): Promise<void>
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
  readonly webSockets: OpenWebSockets
  /** Those that are served. */
  listeners(): Iterable<RuntimeListener>
  /** Of an upstream that is served; none when it is not. */
  targets(upstreamId: string): TargetLoad[]
  /** What askLeases() asked for. */
  leased(answers: readonly LeaseAnswer[]): void
  /** What askChallenge() asked for; null: there is none. */
  challengeAnswered(token: string, keyAuthorization: string | null): void
}

/** Ticks between two looks at what goes on without requests. */
const LOOK_AFTER_TICKS = 10

export function createEngine(options: EngineOptions): Engine {
  const state = createState(options)
  const { telemetry, log, onTargetEvent } = options
  const signals = new Signals(options.memory.signals)
  const random = options.random ?? Math.random
  const thread: ThreadContext = {
    current: null,
    state,
    wheel: new TimingWheel(TICK_MS, state.now),
    signals,
    webSockets: new OpenWebSockets(() => signals.drainMs, random),
    telemetry,
    random,
    log,
    onTargetEvent
  }
  const connections = new OpenConnections(thread)
  let ticks = 0

  setInterval(() => {
    state.sweep()
    thread.wheel.advance(state.now)
    connections.sweep()
    telemetry.tick()
    if (++ticks % LOOK_AFTER_TICKS === 0) lookAfter(thread)
  }, TICK_MS).unref()

  return {
    ...configured(thread),
    useCredentials(credentials) {
      state.credentials.replace(credentials)
      state.challenges.replace(credentials.challenges ?? [])
      state.refreshTls()
    },
    accept: (handle, endpoint) => connections.accept(handle, endpoint),
    closeEndpoint: (endpoint) => connections.close(endpointKey(endpoint)),
    drain: (ms) => connections.drain(ms),
    stats: () => statsOf(thread, connections.size),
    webSockets: thread.webSockets,
    listeners: () => thread.current?.listeners.values() ?? [],
    targets: (upstreamId) => targetsOf(thread, upstreamId),
    leased: (answers) => state.leases.answered(answers),
    challengeAnswered: (token, keyAuthorization) => state.challenges.answered(token, keyAuthorization)
  }
}

/** What makes another configuration the current one. */
function configured(thread: ThreadContext): Pick<Engine, 'begin' | 'add' | 'finish' | 'firstKeys' | 'commit' | 'abort'> {
  const preparation = new RuntimePreparation(thread)
  return {
    begin: (revision, whole) => preparation.begin(revision, whole),
    add: (part) => preparation.add(part),
    finish: () => preparation.finish(),
    firstKeys: () => firstKeys((preparation.prepared ?? thread.current)?.identity),
    commit() {
      const prepared = preparation.take()
      if (prepared === null) return
      const before = thread.current
      thread.current = prepared
      if (thread.webSockets.size > 0) keepPromises(thread.webSockets, before, prepared, thread.random)
      letGo(thread)
    },
    abort() {
      preparation.forget()
      letGo(thread)
    }
  }
}

async function firstKeys(identity: Identity = NO_IDENTITY): Promise<void> {
  await Promise.all([...identity.keySets.values()].map((keySet) => keySet.firstKeys()))
}

/** What nobody can be asked is answered at once. */
function createState({ memory, thread, askLeases, askChallenge }: EngineOptions): ThreadState {
  const state: ThreadState = new ThreadState(memory, thread, {
    leases: askLeases ?? ((asks) => state.leases.answered(asks.map(({ ask }) => downAnswer(ask)))),
    challenge: askChallenge ?? ((token) => state.challenges.answered(token, null))
  })
  return state
}

function targetsOf({ current, state }: ThreadContext, upstreamId: string): TargetLoad[] {
  const upstream = current?.upstreams.get(upstreamId)
  return upstream === undefined ? [] : describeTargets(upstream, state.now)
}

function statsOf({ state, webSockets }: ThreadContext, connections: number): EngineStats {
  return {
    connections,
    requests: state.counted.requests,
    inFlight: state.counted.inFlight,
    originConnections: state.originConnections(),
    webSockets: webSockets.counts(),
    handshakes: state.counted.handshakes,
    resumed: state.counted.resumed,
    byCode: { ...state.counted.byCode },
    refusals: state.refusals.list()
  }
}

/** WebSockets of routes that are no longer served end as was promised; the others notice nothing. */
function keepPromises(webSockets: OpenWebSockets, before: Runtime | null, current: Runtime, random: () => number): void {
  const served = new Set(current.routes.routes.flatMap((route) => route?.id ?? []))
  webSockets.routesChanged((id) => (served.has(id) ? null : current.removed.get(id) ?? promiseOf(before, id)), random)
}

/** Lets go of pools and windows that the current Runtime does not use. */
function letGo({ current, state }: ThreadContext): void {
  const targets = [...current?.upstreams.values() ?? []].flatMap((upstream) => upstream.targets)
  const listeners = [...current?.listeners.values() ?? []]
  state.keepOnly(new Set(targets.map(({ pool }) => pool)), new Set(targets.map(({ window }) => window)), new Set(listeners.flatMap(({ tls }) => tls ?? [])))
}

/** Looks after what goes on without requests: what passive health counts, targets whose time out is over, keys of providers. */
function lookAfter({ current, state }: ThreadContext): void {
  for (const upstream of current?.upstreams.values() ?? []) {
    upstream.health.sweep(state.now)
    upstream.available.list(state.now)
  }
  state.refreshTls()
  for (const source of current?.identity.sources ?? []) source.refresh()
}
