import type { Ejection } from '../health/ejections.ts'
import type { Log } from '../log.ts'
import { addServed, nothingServed, type Served } from '../../shared/traffic/served.ts'
import { addStats, emptyStats } from '../thread-stats.ts'
import type { ProcessStats, ThreadStats, WorkerSettings } from '../messages.ts'
import { residentBytes } from '../resident-bytes.ts'
import type { RecentRequest } from '../../shared/schema/recent-request.ts'
import { newestOf } from '../telemetry/recent-requests.ts'
import { addTraffic, type RouteTraffic } from '../telemetry/route-traffic.ts'
import type { ThreadQuestion } from '../questions/thread-question.ts'
import { createRestartPause } from '../restart-pause.ts'
import type { TargetEvent } from '../target-event.ts'
import { EventRing } from './event-ring.ts'
import { downAnswer } from '../policies/limits/lease.ts'
import { type Asked, type Lease, WorkerProcess } from './worker-process.ts'

const MOST_EVENTS = 256

/** Sums over all worker processes, also those that ended. */
export interface NodeStats extends ThreadStats {
  threads: number
  threadRestarts: number
  threadStalls: number
  processRestarts: number
  ejections: Ejection[]
  ejectionsTotal: number
  served: Served
  /** By class of status. */
  responses: number[]
  threadsServing: ProcessStats['threadsServing']
  /** Primary and worker processes. */
  rssBytes: number
}

/** The worker process that serves, those that still end their connections, and what all of them counted. */
export class WorkerProcesses {
  readonly #settings: WorkerSettings
  readonly #log: Log
  readonly #ended: () => void
  readonly #leaving = new Set<WorkerProcess>()
  readonly #pause = createRestartPause()
  readonly #events = new EventRing<TargetEvent>(MOST_EVENTS)
  #past = emptyStats()
  #pastServed = nothingServed()
  #pastResponses = [0, 0, 0, 0, 0, 0]
  #pastTraffic: RouteTraffic[] = []
  #pastRestarts = { threadRestarts: 0, threadStalls: 0, ejectionsTotal: 0 }
  #restarts = 0
  current: WorkerProcess | null = null
  /** Asks for parts of limits that all nodes share. Until somebody can be asked it says that nobody can. */
  lease: Lease = (asks) => Promise.resolve(asks.map(({ ask }) => downAnswer(ask)))
  /** Asks for what certificate authorities are answered; likewise. */
  challenge: Asked['challenge'] = () => Promise.resolve(null)

  /** `ended` is called when the serving process ended. */
  constructor(settings: WorkerSettings, log: Log, ended: () => void) {
    this.#settings = settings
    this.#log = log
    this.#ended = ended
  }

  /** Forks a process that does not serve yet. */
  start(): WorkerProcess {
    const process = new WorkerProcess({ ...this.#settings, ejections: this.current?.stats?.ejections ?? [] }, this.#log, (event) => this.#events.push(event), { lease: (asks) => this.lease(asks), challenge: (token) => this.challenge(token) })
    void process.exited.then(() => this.#exited(process))
    return process
  }

  /** How long to wait before another process is forked in place of the one that ended. */
  pauseMs(): number {
    return this.current === null ? 0 : this.#pause(performance.now() - this.current.startedAt)
  }

  /** Makes `next` the serving process; the one before ends its connections. Resolves when that one accepts no more. */
  async succeed(next: WorkerProcess): Promise<void> {
    const before = this.current
    this.current = next
    if (before === null || before.hasEnded) return
    this.#leaving.add(before)
    await this.#leave(before)
  }

  stats(): NodeStats {
    const running = this.#running().flatMap((process) => process.stats ?? [])
    const sum = (pick: (stats: ProcessStats) => number): number => running.reduce((total, stats) => total + pick(stats), 0)
    return {
      ...running.reduce(addStats, this.#past),
      threads: this.current?.hasEnded === false ? this.current.stats?.threads ?? 0 : 0,
      threadRestarts: this.#pastRestarts.threadRestarts + sum((stats) => stats.threadRestarts),
      threadStalls: this.#pastRestarts.threadStalls + sum((stats) => stats.threadStalls),
      processRestarts: this.#restarts,
      ejections: this.current?.stats?.ejections ?? [],
      threadsServing: this.current?.stats?.threadsServing ?? [],
      ejectionsTotal: this.#pastRestarts.ejectionsTotal + sum((stats) => stats.ejectionsTotal),
      served: running.reduce((total, stats) => addServed(total, stats.served), this.#pastServed),
      responses: this.#pastResponses.map((count, index) => count + sum((stats) => stats.responses[index] ?? 0)),
      rssBytes: residentBytes() + sum((stats) => stats.rssBytes)
    }
  }

  /**
   * What all processes counted, also those that ended. Never less than the time before: for a process that does not answer
   * there stands what it told last, and unless it has ended since the whole is not `isComplete`.
   */
  async traffic(): Promise<{ traffic: RouteTraffic[]; isComplete: boolean }> {
    const past = this.#pastTraffic
    const running = this.#running()
    const answers = await Promise.allSettled(running.map((process) => process.traffic()))
    const parts = running.flatMap((process) => process.lastTraffic)
    return { traffic: addTraffic([...past, ...parts]), isComplete: answers.every(({ status }, index) => status === 'fulfilled' || running[index]!.hasEnded) }
  }

  /** What the threads of all processes answer, together. */
  async ask<T>(question: ThreadQuestion): Promise<T[]> {
    const answers = await Promise.allSettled(this.#running().map((process) => process.ask<T>(question)))
    return answers.flatMap((answer) => answer.status === 'fulfilled' ? answer.value : [])
  }

  /** Sampled requests, newest first. */
  async recent(): Promise<RecentRequest[]> {
    return newestOf(await this.ask<RecentRequest>({ kind: 'recent' }))
  }

  #running(): WorkerProcess[] {
    return [...(this.current?.hasEnded === false ? [this.current] : []), ...this.#leaving]
  }

  /** What happened to targets, newest first. */
  targetEvents(): TargetEvent[] {
    return this.#events.list()
  }

  /** Every process ends its connections and then itself. Resolves when none is left. */
  async stop(): Promise<void> {
    const all = [...this.#leaving, ...(this.current === null ? [] : [this.current])]
    await Promise.all(all.filter((process) => !process.hasEnded).map(async (process) => {
      void this.#leave(process)
      await process.exited
    }))
  }

  async #leave(process: WorkerProcess): Promise<void> {
    const ms = this.#settings.drainSeconds * 1000
    // It ends by itself; this is for one that does not.
    const timer = setTimeout(() => process.kill(), ms + 5_000)
    void process.exited.then(() => clearTimeout(timer))
    await process.drain(ms)
  }

  #exited(process: WorkerProcess): void {
    this.#leaving.delete(process)
    this.#pastTraffic = addTraffic([...this.#pastTraffic, ...process.lastTraffic])
    if (process.stats !== null) {
      const { threadRestarts, threadStalls, ejectionsTotal } = process.stats
      this.#past = addStats(this.#past, { ...process.stats, connections: 0, inFlight: 0, originConnections: 0, eventLoopDelayMs: 0 })
      const { responses } = process.stats
      this.#pastServed = addServed(this.#pastServed, process.stats.served)
      this.#pastResponses = this.#pastResponses.map((count, index) => count + (responses[index] ?? 0))
      this.#pastRestarts = {
        threadRestarts: this.#pastRestarts.threadRestarts + threadRestarts,
        threadStalls: this.#pastRestarts.threadStalls + threadStalls,
        ejectionsTotal: this.#pastRestarts.ejectionsTotal + ejectionsTotal
      }
    }
    if (process !== this.current || process.isLeaving) return
    this.#restarts++
    this.#log.error({ worker: process.pid }, 'the worker process ended and is replaced')
    this.#ended()
  }
}
