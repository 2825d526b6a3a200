import type net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationalState } from '../../shared/schema/operational-state.ts'
import type { HealthNews } from '../../shared/schema/target-health.ts'
import { ProbedTargets } from '../health/probed-targets.ts'
import type { Snapshot, SnapshotContent } from '../../shared/schema/snapshot.ts'
import type { ThreadResult } from '../../shared/schema/node-api.ts'
import { NO_SECRETS, type NodeSecrets } from '../credential.ts'
import type { ListenEndpoint } from '../endpoint.ts'
import type { Log } from '../log.ts'
import { type ListenAnswer, type ProcessStats, THREAD_GONE, type ThreadAsked, type ThreadTold, type WorkerSettings } from '../messages.ts'
import { NodeConfiguration, type PlannedConfiguration } from '../configuration/node-configuration.ts'
import { OperatedTargets } from '../operation/operated-targets.ts'
import { type Ejection, Ejections } from '../health/ejections.ts'
import { NodeSlots, type Slots, targetKey } from '../state/node-slots.ts'
import { residentBytes } from '../resident-bytes.ts'
import { createSharedMemory, forgetThreadIn, type SharedMemory } from '../state/shared-memory.ts'
import { Signals } from '../state/signals.ts'
import { TargetRow, TICK_MS } from '../state/target-row.ts'
import { createThreadClock } from '../state/thread-clock.ts'
import type { TargetEvent } from '../target-event.ts'
import { addStats, emptyStats } from '../thread-stats.ts'
import { NodeTraffic } from '../telemetry/node-traffic.ts'
import type { ThreadQuestion } from '../questions/thread-question.ts'
import type { RouteTraffic } from '../telemetry/route-traffic.ts'
import { createBeats, watchBeats } from './thread-beat.ts'
import { commitThread, giveCredentials, prepareThread } from './prepare-thread.ts'
import { ThreadSlot } from './thread-slot.ts'

const ANSWER_MS = 500
/** How long a snapshot waits for a thread that is just being replaced. */
const WAIT_FOR_THREAD_MS = 10_000

export interface ThreadPoolEvents {
  /** A replacement has the current configuration and may listen. */
  replaced(thread: number): void
  /** A thread ended. */
  ended(): void
  targetEvent(event: TargetEvent): void
  /** Lines for the access log. */
  log(lines: string): void
  /** A thread asks the primary. */
  asked(thread: number, message: ThreadAsked): void
}

interface Configuration {
  planned: PlannedConfiguration
  content: SnapshotContent
  endpoints: ListenEndpoint[]
}

/**
 * The threads of a worker process. Owns the memory they share, replaces threads that end or show no life, and gives
 * a replacement the current configuration before anybody hears of it.
 */
export class ThreadPool {
  readonly #log: Log
  readonly #memory: SharedMemory
  readonly #nodeSlots: NodeSlots
  readonly #configuration: NodeConfiguration
  readonly #traffic: NodeTraffic
  readonly #probed: ProbedTargets
  readonly #operated: OperatedTargets
  readonly #drainMs: number
  readonly #slots: ThreadSlot[]
  readonly #beats: ReturnType<typeof watchBeats>
  readonly #events: ThreadPoolEvents
  readonly #stalled = new Set<number>()
  readonly #ejections = new Ejections()
  #inherited: Ejection[]
  #credentials: NodeSecrets = NO_SECRETS
  readonly #listening = new Map<string, ListenEndpoint>()
  #past = emptyStats()
  #restarts = 0
  #stalls = 0
  #isStarted = false
  readonly #firstEnd = Promise.withResolvers<void>()
  #current: Configuration | null = null
  #prepared: Configuration | null = null

  constructor(settings: WorkerSettings, log: Log, events: ThreadPoolEvents) {
    this.#log = log
    this.#events = events
    this.#inherited = settings.ejections
    this.#memory = createSharedMemory(settings.threads)
    this.#traffic = new NodeTraffic(settings.threads)
    this.#nodeSlots = new NodeSlots(this.#memory)
    this.#configuration = new NodeConfiguration(this.#nodeSlots)
    this.#probed = new ProbedTargets(this.#memory, (event) => events.targetEvent(event))
    this.#operated = new OperatedTargets(this.#memory)
    this.#drainMs = Math.max(1, settings.drainSeconds * 1000)
    const beats = createBeats(settings.threads)
    this.#beats = watchBeats(beats, settings.threadStallSeconds, (thread) => this.#stall(thread))
    this.#slots = Array.from({ length: settings.threads }, (_, thread) => new ThreadSlot({
      data: { thread, nodeId: settings.nodeId, logLevel: settings.logLevel, memory: this.#memory, traffic: this.#traffic.table, beats },
      log: (lines) => events.log(lines),
      asked: (message) => events.asked(thread, message),
      targetEvent: (event) => {
        this.#ejections.hear(event)
        events.targetEvent(event)
      },
      equip: (slot) => this.#equip(slot),
      ready: () => this.#ready(thread),
      ended: (reason, pauseMs) => this.#ended(thread, reason, pauseMs)
    }))
  }

  /** Resolves when every thread is up. Rejects when one cannot even start. */
  async start(): Promise<void> {
    await Promise.race([Promise.all(this.#slots.map((slot) => slot.waitReady(WAIT_FOR_THREAD_MS))), this.#firstEnd.promise])
    if (this.#slots.some((slot) => !slot.isReady)) throw new Error('a thread does not start')
    this.#isStarted = true
  }

  /** Every thread builds the snapshot aside. A thread that ends meanwhile refuses. */
  async prepare(json: string): Promise<ThreadResult[]> {
    const snapshot = JSON.parse(json) as Snapshot
    const prepared: Configuration = { planned: this.#configuration.plan(snapshot), content: snapshot.content, endpoints: [] }
    this.#prepared = prepared
    return Promise.all(this.#slots.map(async (slot) => {
      await slot.waitReady(WAIT_FOR_THREAD_MS)
      return prepareThread(slot, prepared.planned)
    }))
  }

  /** Every thread serves what it prepared. One that ended since gets it when it is replaced. */
  async commit(endpoints: ListenEndpoint[]): Promise<void> {
    const prepared = this.#prepared
    if (prepared === null) throw new Error('nothing is prepared')
    prepared.endpoints = endpoints
    this.#configuration.commit()
    this.#traffic.routesAre(prepared.planned.routes)
    this.#current = prepared
    this.#prepared = null
    this.#nodeSlots.keepOnly(prepared.planned.slots)
    this.#probed.serve(prepared.content, prepared.planned.slots)
    this.#operated.serve(prepared.planned.slots)
    this.#eject(this.#inherited.splice(0), prepared.planned.slots)
    await this.#callAll((slot) => commitThread(slot, prepared.planned, endpoints))
  }

  abort(): void {
    this.#prepared = null
    this.#configuration.forget()
    for (const slot of this.#slots) slot.tell({ kind: 'abort' })
  }

  /** Passes a socket on. Must be called in the turn in which the socket arrived, before it starts to read. */
  listen(thread: number, endpoint: ListenEndpoint, socket: net.Socket): Promise<ListenAnswer> {
    const slot = this.#slots[thread]
    const gone: ListenAnswer = { code: THREAD_GONE, message: `thread ${thread} is being replaced` }
    if (slot === undefined || !slot.isReady) {
      socket.destroy()
      return Promise.resolve(gone)
    }
    this.#listening.set(`${endpoint.address} ${endpoint.port}`, endpoint)
    return slot.call<ListenAnswer>((id) => ({ kind: 'listen', id, endpoint, socket }), [socket]).catch(() => gone)
  }

  /** The ports on which the threads were told to listen. */
  endpoints(): ListenEndpoint[] {
    return [...this.#listening.values()]
  }

  close(endpoint: ListenEndpoint): Promise<void> {
    this.#listening.delete(`${endpoint.address} ${endpoint.port}`)
    return this.#callAll((slot) => slot.call((id) => ({ kind: 'close', id, endpoint })))
  }

  closeAll(): Promise<void> {
    this.#listening.clear()
    return this.#callAll((slot) => slot.call((id) => ({ kind: 'close-all', id })))
  }

  /** Resolves when no connection is left. No thread is replaced any more. */
  async drain(ms: number): Promise<void> {
    for (const slot of this.#slots) slot.stop()
    await this.#callAll((slot) => slot.call((id) => ({ kind: 'drain', id, ms })))
  }

  stats(): ProcessStats {
    const running = this.#slots.flatMap((slot) => slot.stats ?? [])
    return {
      ...running.reduce(addStats, this.#past),
      threads: this.#slots.filter((slot) => slot.isReady).length,
      threadRestarts: this.#restarts,
      threadStalls: this.#stalls,
      ejections: this.#ejections.list((key) => this.#outFor(key)),
      ejectionsTotal: this.#ejections.total,
      served: this.#traffic.served(),
      responses: this.#traffic.responses(),
      threadsServing: this.#slots.map(({ thread, reported }) => ({ thread, serving: reported })),
      rssBytes: residentBytes()
    }
  }

  /** What probes found. */
  hearHealth(news: readonly HealthNews[]): void {
    this.#probed.hear(news)
  }

  /** What people said about this node and its targets; threads read it from their shared memory. */
  operate({ drain, targets }: OperationalState): void {
    this.signals.drainMs = drain === null ? 0 : this.#drainMs
    this.#operated.operate(targets)
  }

  /** What the primary answers. */
  tell(thread: number, message: ThreadTold): void {
    this.#slots[thread]?.tell(message)
  }

  /** Threads use these certificates from now on. */
  useCredentials(credentials: NodeSecrets): void {
    this.#credentials = credentials
    void this.#callAll((slot) => giveCredentials(slot, credentials))
  }

  /** Since the process began, by route. */
  traffic(): RouteTraffic[] {
    return this.#traffic.read()
  }

  /** What the threads answer, together. */
  async ask(question: ThreadQuestion): Promise<unknown[]> {
    const late = sleep(ANSWER_MS, [] as unknown[], { ref: false })
    // A thread that is blocked must not take the answers of the others along.
    const asked = this.#slots.filter((slot) => slot.isReady).map((slot) => Promise.race([slot.call<unknown[]>((id) => ({ kind: 'ask', id, question })).catch(() => []), late]))
    return (await Promise.all(asked)).flat()
  }

  get signals(): Signals {
    return new Signals(this.#memory.signals)
  }

  /** Takes out what was out in the process before. */
  #eject(ejections: readonly Ejection[], { targets }: Slots): void {
    const now = createThreadClock(this.#memory.clockStart)() / TICK_MS
    for (const ejection of ejections) {
      const row = targets.get(targetKey(ejection.upstreamId, ejection.targetId))
      if (row === undefined) continue
      new TargetRow(this.#memory.targets, this.#memory.threads, 0, row).eject(Math.ceil(now), Math.ceil(now + ejection.remainingMs / TICK_MS))
      this.#ejections.inherit(ejection)
    }
    if (ejections.length > 0) this.signals.healthChanged()
  }

  /** How long the target is out still, in milliseconds. */
  #outFor(key: string): number {
    const row = this.#current?.planned.slots.targets.get(key)
    if (row === undefined) return 0
    const until = new TargetRow(this.#memory.targets, this.#memory.threads, 0, row).ejectedUntil
    return until * TICK_MS - createThreadClock(this.#memory.clockStart)()
  }

  async #callAll(call: (slot: ThreadSlot) => Promise<unknown>): Promise<void> {
    await Promise.allSettled(this.#slots.filter((slot) => slot.isReady).map(call))
  }

  async #equip(slot: ThreadSlot): Promise<boolean> {
    this.#beats.watch(slot.thread)
    await giveCredentials(slot, this.#credentials).catch(() => {})
    // A publish may be committed while the replacement still builds the one before.
    for (let built: Configuration | null = null; built !== this.#current;) {
      built = this.#current
      if (built === null) break
      const { result } = await prepareThread(slot, built.planned)
      if (result === 'refused') return false
      await commitThread(slot, built.planned, built.endpoints).catch(() => {})
    }
    return true
  }

  #ready(thread: number): void {
    if (this.#isStarted) this.#events.replaced(thread)
  }

  #ended(thread: number, reason: string, pauseMs: number): void {
    this.#restarts++
    this.#firstEnd.resolve()
    this.#beats.forget(thread)
    forgetThreadIn(this.#memory, thread)
    const stats = this.#slots[thread]?.stats
    if (stats) this.#past = addStats(this.#past, { ...stats, connections: 0, inFlight: 0, originConnections: 0, webSockets: { ...stats.webSockets, open: 0 }, eventLoopDelayMs: 0 })
    const why = this.#stalled.delete(thread) ? 'it was blocked' : reason
    this.#log.error({ thread, reason: why, pauseMs }, `thread ${thread} ended and is replaced`)
    this.#events.ended()
  }

  #stall(thread: number): void {
    this.#stalls++
    this.#stalled.add(thread)
    this.#log.error({ thread }, `thread ${thread} is blocked and is ended`)
    this.#slots[thread]?.terminate()
  }
}
