import cluster, { type Worker } from 'node:cluster'
import type { OperationalState } from '../../shared/schema/operational-state.ts'
import type { HealthNews } from '../../shared/schema/target-health.ts'
import type net from 'node:net'
import { fileURLToPath } from 'node:url'
import type { ThreadResult } from '../../shared/schema/node-api.ts'
import { type Calls, createCalls } from '../calls.ts'
import type { NodeSecrets } from '../credential.ts'
import type { ListenEndpoint } from '../endpoint.ts'
import type { Log } from '../log.ts'
import { type FromProcess, type ListenAnswer, type ProcessStats, THREAD_GONE, type ToProcess, type WorkerSettings } from '../messages.ts'
import type { LeaseAnswer, LeaseAsk } from '../policies/limits/lease.ts'
import type { ThreadQuestion } from '../questions/thread-question.ts'
import type { RouteTraffic } from '../telemetry/route-traffic.ts'
import type { TargetEvent } from '../target-event.ts'
import { codeCacheFolder } from '../code-cache.ts'
import { type PortFailure, portFailure } from './bind-port.ts'
import type { OpenPort } from './port-book.ts'
import { placeKey } from './port-place.ts'

const PROCESS_FILE = fileURLToPath(new URL('../process.ts', import.meta.url))
const START_TIMEOUT_MS = 30_000
const ANSWER_MS = 1_000
/**
 * What is left alive of the young heap of a thread is so little that helpers cost more than they help: each collection would
 * wake up to four of them (1.5 % of the CPU of a plain request). And see heap-collection.ts.
 */
const V8_FLAGS = ['--no-parallel-scavenge', '--expose-gc']
/** Helper threads of the process: look-ups of names take half of them at most, the rest is for files. */
const HELPER_THREADS = 32
const LOOK_UPS_PER_THREAD = 8
/** A worker process reports each second; its main thread does little that could hold it up. */
const SILENCE_CHECK_MS = 3_000
const SILENT_CHECKS = 5

/** Asks for parts of limits that all nodes share; never rejects. */
export type Lease = (asks: LeaseAsk[]) => Promise<LeaseAnswer[]>

/** What threads ask the primary. Nothing of it rejects. */
export interface Asked {
  lease: Lease
  /** What a certificate authority is answered; null: nothing. */
  challenge(token: string): Promise<string | null>
}

/** What a call rejects with when the worker process ends before it answers. */
export class ProcessEnded extends Error {}

/** A forked worker process as the primary sees it. */
export class WorkerProcess {
  readonly pid: number
  /** Resolves when all threads are up; rejects with ProcessEnded. */
  readonly ready: Promise<void>
  readonly exited: Promise<void>
  readonly startedAt = performance.now()
  readonly #worker: Worker
  readonly #log: Log
  readonly #calls: Calls = createCalls()
  readonly #onTargetEvent: (event: TargetEvent) => void
  readonly #asked: Asked
  readonly #ports = new Map<string, OpenPort>()
  #hasEnded = false
  #isLeaving = false
  #silence: NodeJS.Timeout | undefined
  stats: ProcessStats | null = null
  /** What it counted, as far as it told. */
  lastTraffic: RouteTraffic[] = []

  /** `onTargetEvent`: a target was ejected or let back in. `asked`: what threads ask. */
  constructor(settings: WorkerSettings, log: Log, onTargetEvent: (event: TargetEvent) => void, asked: Asked) {
    this.#log = log
    this.#asked = asked
    this.#onTargetEvent = onTargetEvent
    cluster.setupPrimary({ exec: PROCESS_FILE, args: [], execArgv: [...process.execArgv, ...V8_FLAGS], serialization: 'advanced' })
    // A worker process needs no secrets; undefined takes a variable out of its environment.
    this.#worker = cluster.fork({ NODE_TOKEN: undefined, REDIS_URL: undefined, NODE_COMPILE_CACHE: codeCacheFolder(settings.dataDir), UV_USE_IO_URING: '0', UV_THREADPOOL_SIZE: String(HELPER_THREADS + LOOK_UPS_PER_THREAD * settings.threads) })
    this.pid = this.#worker.process.pid ?? 0
    this.exited = new Promise((resolve) => this.#worker.once('exit', (code, signal) => {
      this.#end(`worker process ${this.pid} ended with ${signal ?? code}`)
      resolve()
    }))
    this.#worker.on('error', (error) => log.warn({ err: error, worker: this.pid }, 'message to the worker process failed'))
    this.ready = this.#start(settings)
    this.ready.catch(() => {})
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Told to end. */
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  prepare(json: string): Promise<ThreadResult[]> {
    return this.#call((id) => ({ kind: 'prepare', id, snapshot: json }))
  }

  commit(endpoints: readonly ListenEndpoint[]): Promise<void> {
    const plain = endpoints.map(({ address, port, protocol }) => ({ address, port, protocol }))
    return this.#call((id) => ({ kind: 'commit', id, endpoints: plain }))
  }

  useCredentials(credentials: NodeSecrets): void {
    this.#send({ kind: 'credentials', credentials })
  }

  hearHealth(news: HealthNews[]): void {
    this.#send({ kind: 'health', news })
  }

  operate(state: OperationalState): void {
    this.#send({ kind: 'operate', state })
  }

  abort(): void {
    this.#send({ kind: 'abort' })
  }

  /** Makes every thread listen on its socket. On a failure none listens. A port that is listened on is left as it is. */
  async listen(port: OpenPort): Promise<PortFailure | null> {
    const key = placeKey(port.endpoint)
    if (this.#ports.has(key)) return null
    this.#ports.set(key, port)
    const answers = await Promise.all(port.sockets.map((_, thread) => this.#listenIn(thread, port)))
    const failure = answers.find((answer) => answer !== null && answer.code !== THREAD_GONE)
    if (!failure) return null
    await this.close(port.endpoint)
    return portFailure(port.endpoint, failure)
  }

  async close(endpoint: ListenEndpoint): Promise<void> {
    this.#ports.delete(placeKey(endpoint))
    const { address, port, protocol } = endpoint
    await this.#call((id) => ({ kind: 'close', id, endpoint: { address, port, protocol } }))
  }

  /** Resolves when no thread accepts any more; the process ends when its connections have, or after `ms`. */
  async drain(ms: number): Promise<void> {
    this.#isLeaving = true
    this.#ports.clear()
    await this.#call((id) => ({ kind: 'drain', id, ms })).catch(() => {})
  }

  /** What it counted of its requests, by route. */
  async traffic(): Promise<RouteTraffic[]> {
    this.lastTraffic = await this.#inTime(this.#call<RouteTraffic[]>((id) => ({ kind: 'traffic', id })))
    return this.lastTraffic
  }

  /** What its threads answer, together. */
  async ask<T>(question: ThreadQuestion): Promise<T[]> {
    return this.#inTime(this.#call<T[]>((id) => ({ kind: 'ask', id, question })))
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }

  async #start(settings: WorkerSettings): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#worker.on('message', (message: FromProcess) => {
      if (message.kind === 'ready') resolve()
      this.#hear(message)
    })
    const timer = setTimeout(() => {
      this.#log.error({ worker: this.pid }, 'the worker process does not start')
      this.kill()
    }, START_TIMEOUT_MS)
    void this.exited.then(() => reject(new ProcessEnded(`worker process ${this.pid} ended before it was ready`)))
    this.#send({ kind: 'start', settings })
    try {
      await promise
    } finally {
      clearTimeout(timer)
    }
    this.#watchSilence()
  }

  #hear(message: FromProcess): void {
    if (message.kind === 'answer') this.#calls.answer(message.id, message.result)
    else if (message.kind === 'stats') this.stats = message.stats
    else if (message.kind === 'last-traffic') this.lastTraffic = message.traffic
    else if (message.kind === 'lease') void this.#asked.lease(message.asks).then((answers) => this.#send({ kind: 'leased', thread: message.thread, answers }))
    else if (message.kind === 'challenge') void this.#asked.challenge(message.token).then((keyAuthorization) => this.#send({ kind: 'challenge-answer', thread: message.thread, token: message.token, keyAuthorization }))
    else if (message.kind === 'target-event') this.#onTargetEvent(message.event)
    else if (message.kind === 'thread-ready') {
      this.#log.info({ thread: message.thread }, `thread ${message.thread} was replaced and gets its ports`)
      for (const port of this.#ports.values()) {
        void this.#listenIn(message.thread, port).catch(() => {})
      }
    }
  }

  /** Counts looks, not time: after the machine slept nobody is taken for dead. */
  #watchSilence(): void {
    let seen = this.stats
    let misses = 0
    this.#silence = setInterval(() => {
      misses = this.stats === seen && !this.#isLeaving ? misses + 1 : 0
      seen = this.stats
      if (misses < SILENT_CHECKS) return
      this.#log.error({ worker: this.pid }, 'the worker process shows no life and is ended')
      this.kill()
    }, SILENCE_CHECK_MS)
  }

  async #listenIn(thread: number, { endpoint, sockets }: OpenPort): Promise<ListenAnswer> {
    const { address, port, protocol } = endpoint
    const plain = { address, port, protocol }
    return this.#calls.call((id) => this.#send({ kind: 'listen', id, thread, endpoint: plain }, sockets[thread]))
  }

  /** Whoever asks for metrics does not wait for a process that hangs. */
  async #inTime<T>(answer: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error(`worker process ${this.pid} does not answer`)), ANSWER_MS)
    try {
      return await Promise.race([answer, promise])
    } finally {
      clearTimeout(timer)
    }
  }

  #call<T>(message: (id: number) => ToProcess): Promise<T> {
    return this.#calls.call((id) => this.#send(message(id)))
  }

  /** What cannot be sent is noticed by the end of the process. */
  #send(message: ToProcess, socket?: net.Socket): void {
    if (this.#worker.isConnected()) this.#worker.send(message, socket, { keepOpen: true }, () => {})
  }

  #end(reason: string): void {
    this.#hasEnded = true
    clearInterval(this.#silence)
    this.#calls.end(new ProcessEnded(reason))
  }
}
