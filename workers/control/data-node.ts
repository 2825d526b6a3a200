import { setTimeout as sleep } from 'node:timers/promises'
import type { Issue } from '../../shared/schema/issue.ts'
import type { Ack, Desired, PortState, ThreadResult } from '../../shared/schema/node-api.ts'
import { type ListenerEndpoint, listenerEndpoints } from '../endpoint.ts'
import type { Log } from '../log.ts'
import { ackOf, portStates } from './apply-report.ts'
import { type Candidate, desiredOf } from './candidate.ts'
import type { LiveFacts } from './live-facts.ts'
import { listenOn } from './listen-on.ts'
import type { PortBook } from './port-book.ts'
import { ignoreEnd, prepareOrRefuse } from './prepare-or-refuse.ts'
import { ProcessEnded, type WorkerProcess } from './worker-process.ts'
import type { NodeStats, WorkerProcesses } from './worker-processes.ts'

/** How often is tried again what the machine did not allow: ports, the disk. */
const RETRY_MS = 5_000
/** A thread or process that ends while it prepares may have had another reason than the snapshot: once more. */
const MAX_ATTEMPTS = 2

/** What is served, compiled once to the JSON that every thread gets. */
interface Serving {
  candidate: Candidate
  json: string
  endpoints: ListenerEndpoint[]
  threads: ThreadResult[]
  issues: Issue[]
  persisted: boolean
}

export interface DataNodeOptions {
  ports: PortBook
  processes: WorkerProcesses
  live: Pick<LiveFacts, 'equip'>
  /** What of a snapshot this machine cannot serve at the moment. */
  issues(served: { candidate: Candidate; endpoints: readonly ListenerEndpoint[] }): Issue[]
  /** Stores a snapshot that is served now; false when that failed. */
  store(candidate: Candidate): Promise<boolean>
  report(ack: Ack): void
  log: Log
}

/**
 * Brings the node to what is wanted, one step after the other: a worker process that runs, the newest offered
 * snapshot, every port open that a listener asks for. Whatever ends on the way, the next step starts from what is.
 */
export class DataNode {
  readonly #options: DataNodeOptions
  #serving: Serving | null = null
  #offered: { candidate: Candidate; attempts: number } | null = null
  #handled: Desired | null = null
  #isReloadWanted = false
  #isRetryDue = false
  #isStopping = false
  #isFinishDue = false
  #arePortsUnwanted = false
  readonly #stopWanted = Promise.withResolvers<void>()
  #wake = Promise.withResolvers<void>()
  #idle = Promise.withResolvers<void>()
  #done: Promise<void> = Promise.resolve()
  #retryTimer: NodeJS.Timeout | undefined
  lastResult: Ack['result'] | 'none' = 'none'
  refusals = 0

  constructor(options: DataNodeOptions) {
    this.#options = options
  }

  /** Begins to work. Resolves when what was offered until now is served, or when there is nothing to serve. */
  start(): Promise<void> {
    this.#retryTimer = setInterval(() => this.wake(this.#options.ports.counts().failed > 0 || this.#serving?.persisted === false), RETRY_MS)
    this.#done = this.#run()
    return this.whenIdle()
  }

  get serving(): Desired | null {
    return this.#serving === null ? null : desiredOf(this.#serving.candidate.snapshot)
  }

  get source(): Candidate['source'] | 'none' {
    return this.#serving?.candidate.source ?? 'none'
  }

  /** Why nothing is served; null when something is. */
  get notServing(): string | null {
    if (this.#serving === null) return 'no configuration yet'
    return this.#options.processes.current?.hasEnded === false ? null : 'the worker process is being replaced'
  }

  /** The newest snapshot that was offered, applied or not. */
  get handled(): Desired | null {
    return this.#offered === null ? this.#handled : desiredOf(this.#offered.candidate.snapshot)
  }

  /** Serves from now on unless a newer one is offered before its turn comes. */
  offer(candidate: Candidate): void {
    this.#offered = { candidate, attempts: 0 }
    this.wake()
  }

  /** Notes that a snapshot was refused before it came so far. */
  refuse(desired: Desired, final: boolean): void {
    this.refusals++
    this.lastResult = 'refused'
    if (final) this.#handled = desired
  }

  /** Replaces the worker process by one with the code that is on the disk now. */
  reload(): void {
    this.#isReloadWanted = true
    this.wake()
  }

  /** The upstreams that are probed, of what is served. */
  probedUpstreams(): string[] {
    const upstreams = this.#serving?.candidate.snapshot.content.upstreams ?? []
    return upstreams.filter(({ enabled, healthCheck }) => enabled && healthCheck.active.enabled).map(({ id }) => id)
  }

  /** Closes the ports while what is served stays as it is, or opens them again. */
  closePorts(isWanted: boolean): void {
    if (isWanted === this.#arePortsUnwanted) return
    this.#arePortsUnwanted = isWanted
    this.wake(true)
  }

  /** Looks for work, `again` also at what is served: whether something of it can be served now that could not, or the other way round. */
  wake(again = false): void {
    this.#isRetryDue ||= again
    this.#wake.resolve()
  }

  /** Resolves when there is nothing to do. */
  whenIdle(): Promise<void> {
    return this.#idle.promise
  }

  stats(): NodeStats {
    return this.#options.processes.stats()
  }

  /** Every port that serves or should. */
  portStates(): PortState[] {
    return portStates(this.#serving?.endpoints ?? [], this.#options.ports, this.#arePortsUnwanted)
  }

  /** Closes the ports and lets the worker processes end their connections. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#stopWanted.resolve()
    clearInterval(this.#retryTimer)
    this.wake()
    await this.#done
    this.#options.ports.closeAll()
    await this.#options.processes.stop()
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#wake = Promise.withResolvers()
      try {
        if (await this.#step()) continue
      } catch (error) {
        // The next step sees that the process has ended.
        if (!(error instanceof ProcessEnded)) throw error
        continue
      }
      this.#idle.resolve()
      await this.#wake.promise
      this.#idle = Promise.withResolvers()
    }
  }

  /** Does the most urgent thing. False when there is none. */
  async #step(): Promise<boolean> {
    const { current } = this.#options.processes
    if (current === null || current.hasEnded) await this.#restore()
    else if (this.#isFinishDue) await this.#finish()
    else if (this.#isReloadWanted) await this.#reload()
    else if (this.#offered !== null) await this.#apply(current, this.#offered)
    else if (this.#isRetryDue) await this.#retry(current)
    else return false
    return true
  }

  async #restore(): Promise<void> {
    const { processes } = this.#options
    await Promise.race([sleep(processes.pauseMs()), this.#stopWanted.promise])
    if (this.#isStopping) return
    const process = processes.start()
    processes.current = process
    await this.#equip(process)
  }

  async #reload(): Promise<void> {
    const { processes, log } = this.#options
    this.#isReloadWanted = false
    const next = processes.start()
    try {
      await this.#equip(next)
    } catch (error) {
      next.kill()
      return log.error({ reason: (error as Error).message }, 'the new worker process does not start; the old one serves on')
    }
    await processes.succeed(next)
    log.info({ worker: next.pid }, 'a new worker process serves; the old one ends its connections')
  }

  /** Brings a fresh process to what is served. Throws ProcessEnded when it cannot be brought there. */
  async #equip(process: WorkerProcess): Promise<void> {
    await process.ready
    this.#options.live.equip(process)
    if (this.#serving === null) return
    const threads = await process.prepare(this.#serving.json)
    const refusal = threads.find(({ result }) => result === 'refused')
    if (refusal !== undefined) {
      process.kill()
      throw new ProcessEnded(`a thread refuses what is served: ${refusal.issues[0]?.message}`)
    }
    await process.commit(this.#serving.endpoints)
    await listenOn(process, this.#options.ports, this.#wanted)
  }

  async #apply(process: WorkerProcess, offered: { candidate: Candidate; attempts: number }): Promise<void> {
    const { ports } = this.#options
    const { candidate } = offered
    const json = JSON.stringify(candidate.snapshot)
    const endpoints = listenerEndpoints(candidate.snapshot)
    offered.attempts++
    await ports.bind(this.#arePortsUnwanted ? [] : endpoints)
    const threads = await prepareOrRefuse(process, json)
    const refused = threads.filter(({ result }) => result === 'refused')
    if (refused.length > 0) {
      process.abort()
      await ports.keepOnly(this.#wanted)
      if (offered.attempts < MAX_ATTEMPTS && refused.every(({ issues }) => issues.every(({ code }) => code === 'thread_failed'))) return
      this.#settle(offered)
      return this.#refused(candidate, threads)
    }
    this.#serving = { candidate, json, endpoints, threads, issues: [], persisted: candidate.source !== 'control-plane' }
    // From here on the snapshot is what is served, also by a process that has to replace this one.
    await process.commit(endpoints).catch(ignoreEnd)
    await listenOn(process, this.#options.ports, this.#wanted).catch(ignoreEnd)
    this.#settle(offered)
    this.#isFinishDue = true
  }

  /** Stores and reports what is served; when a process ended meanwhile, only after another one serves it. */
  async #finish(): Promise<void> {
    this.#isFinishDue = false
    if (this.#serving === null) return
    const { candidate } = this.#serving
    if (candidate.source === 'control-plane') this.#serving.persisted = await this.#options.store(candidate)
    this.#options.log.info({ revision: candidate.snapshot.revision, source: candidate.source, ports: this.#options.ports.counts().open }, 'snapshot applied')
    this.#reportServing()
  }

  /** The ports that should be open. */
  get #wanted(): ListenerEndpoint[] {
    return this.#arePortsUnwanted ? [] : this.#serving?.endpoints ?? []
  }

  async #retry(process: WorkerProcess): Promise<void> {
    const { ports } = this.#options
    this.#isRetryDue = false
    ports.reserveMissing()
    if (this.#serving === null) return
    const before = JSON.stringify([this.#serving.issues, this.#serving.persisted])
    await ports.bind(this.#wanted)
    await listenOn(process, this.#options.ports, this.#wanted)
    this.#serving.persisted ||= await this.#options.store(this.#serving.candidate)
    const issues = this.#options.issues(this.#serving)
    if (JSON.stringify([issues, this.#serving.persisted]) !== before) this.#reportServing()
  }

  #reportServing(): void {
    if (this.#serving === null) return
    this.#serving.issues = this.#options.issues(this.#serving)
    const ack = ackOf(this.#serving)
    this.lastResult = ack.result
    this.#options.report(ack)
  }

  #refused(candidate: Candidate, threads: ThreadResult[]): void {
    const issues = threads.flatMap((thread) => thread.issues.filter(({ severity }) => severity === 'error'))
    this.#options.log.error({ revision: candidate.snapshot.revision, issues: issues.slice(0, 5) }, 'snapshot refused; what was served stays')
    this.refusals++
    this.lastResult = 'refused'
    this.#options.report(ackOf({ candidate, threads, issues, persisted: false }, 'refused'))
  }

  #settle(offered: { candidate: Candidate }): void {
    this.#handled = desiredOf(offered.candidate.snapshot)
    if (this.#offered === offered) this.#offered = null
  }
}
