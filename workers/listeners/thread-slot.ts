import { type Transferable, Worker } from 'node:worker_threads'
import { type Calls, createCalls } from '../calls.ts'
import type { Desired } from '../../shared/schema/node-api.ts'
import type { FromThread, ThreadAsked, ThreadData, ThreadStats, ToThread } from '../messages.ts'
import { createRestartPause } from '../restart-pause.ts'
import type { TargetEvent } from '../target-event.ts'

/**
 * Nearly all that a request makes is dead when it is answered. In 12 MB it is made in what the processor's cache still holds
 * (2 to 3 % less CPU than in the 48 MB that V8 would take), and a flood leaves no memory behind that V8 does not give back.
 */
const YOUNG_MB = 12
const THREAD_FILE = new URL('../thread.ts', import.meta.url)

export interface ThreadSlotOptions {
  data: ThreadData
  /** The thread has loaded its code: gives it what it needs to serve. False when that failed. */
  equip(slot: ThreadSlot): Promise<boolean>
  /** The thread can be asked by everybody. */
  ready(): void
  /** The thread ended; another one follows after `pauseMs`. */
  ended(reason: string, pauseMs: number): void
  targetEvent(event: TargetEvent): void
  /** Lines for the access log. */
  log(lines: string): void
  /** The thread asks the primary. */
  asked(message: ThreadAsked): void
}

/**
 * One of the places for threads of a worker process: runs a thread, and another one when that ends. Everything asked
 * of a thread is answered or rejected.
 */
export class ThreadSlot {
  readonly thread: number
  readonly #options: ThreadSlotOptions
  readonly #pause = createRestartPause()
  #worker: Worker | null = null
  #calls: Calls = createCalls()
  #isReady = false
  #stopped = false
  #waiting: (() => void)[] = []
  /** What the running thread said last. */
  stats: ThreadStats | null = null
  /** What the running thread said that it serves. */
  reported: Desired | null = null
  /** Number of the configuration that the thread serves; null: none. */
  serving: number | null = null

  constructor(options: ThreadSlotOptions) {
    this.#options = options
    this.thread = options.data.thread
    this.#start()
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** Resolves when a thread is ready, or after `ms`. */
  waitReady(ms: number): Promise<void> {
    if (this.#isReady) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Rejects when the thread ends before it answers. */
  call<T>(message: (id: number) => ToThread, transfer: readonly Transferable[] = []): Promise<T> {
    return this.#calls.call((id) => this.#worker?.postMessage(message(id), transfer))
  }

  tell(message: ToThread): void {
    if (this.#isReady) this.#worker?.postMessage(message)
  }

  /** Ends the thread; another one follows. */
  terminate(): void {
    void this.#worker?.terminate()
  }

  /** No thread follows any more. */
  stop(): void {
    this.#stopped = true
  }

  #start(): void {
    const begin = performance.now()
    const worker = new Worker(THREAD_FILE, { name: `thread-${this.thread}`, workerData: this.#options.data, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } })
    const calls = createCalls()
    let reason = ''
    this.#worker = worker
    this.#calls = calls
    worker.on('message', (message: FromThread) => this.#hear(message, worker, calls))
    worker.once('error', (error: NodeJS.ErrnoException) => {
      reason = `${error.code ?? error.name}: ${error.message}`
    })
    worker.once('exit', (code) => {
      this.#isReady = false
      this.#worker = null
      this.serving = null
      calls.end(new Error(reason || `exit code ${code}`))
      if (this.#stopped) return
      const pauseMs = this.#pause(performance.now() - begin)
      this.#options.ended(reason || `exit code ${code}`, pauseMs)
      this.stats = null
      this.reported = null
      setTimeout(() => {
        if (!this.#stopped) this.#start()
      }, pauseMs)
    })
  }

  #hear(message: FromThread, worker: Worker, calls: Calls): void {
    if (message.kind === 'answer') calls.answer(message.id, message.result)
    else if (message.kind === 'stats') {
      this.stats = message.stats
      this.reported = message.serving
    }
    else if (message.kind === 'lease' || message.kind === 'challenge') this.#options.asked(message)
    else if (message.kind === 'target-event') this.#options.targetEvent(message.event)
    else if (message.kind === 'log') {
      this.#options.log(message.lines)
      worker.postMessage({ kind: 'log-taken' } satisfies ToThread)
    }
    else void this.#up(worker)
  }

  async #up(worker: Worker): Promise<void> {
    const equipped = await this.#options.equip(this)
    if (worker !== this.#worker) return
    if (!equipped) return this.terminate()
    this.#isReady = true
    this.#options.ready()
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
