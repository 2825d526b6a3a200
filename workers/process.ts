import cluster from 'node:cluster'
import { flushCompileCache } from 'node:module'
import type net from 'node:net'
import { ThreadPool } from './listeners/thread-pool.ts'
import { createLog, type Log } from './log.ts'
import { createAccessLogSink } from './telemetry/access-log-sink.ts'
import { startMemoryGuard } from './memory-guard.ts'
import type { FromProcess, ToProcess, WorkerSettings } from './messages.ts'
import { serveTakeover } from './takeover/serve-takeover.ts'

// The worker process of a data node: starts the threads and passes messages and sockets on. When its primary is
// gone it serves on, until the next primary serves or its time is over.

const STATS_MS = 1_000
/** A primary that reports itself later than this is none. */
const START_TIMEOUT_MS = 30_000
/** How long an ending process waits for its numbers and its log to be taken. */
const LAST_WORDS_MS = 1_000

const waitForStart = setTimeout(() => process.exit(1), START_TIMEOUT_MS)
// The terminal sends these to every process of its group; the primary decides.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {})
process.once('message', (message: ToProcess) => {
  clearTimeout(waitForStart)
  if (message.kind === 'start') void run(message.settings)
})

function tell(message: FromProcess): void {
  // A primary that is gone is noticed by 'disconnect'.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

/** Resolves when the primary has the message, which may be too long for the channel to take at once. */
function tellLast(message: FromProcess): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LAST_WORDS_MS)
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve())
    else resolve()
  })
}

async function run(settings: WorkerSettings): Promise<void> {
  const { log, exit } = createLog(settings.logLevel, { node: settings.nodeId, process: 'worker', pid: process.pid })
  const accessLog = createAccessLogSink(settings.accessLog, log)
  const tellStats = (): void => {
    const stats = pool.stats()
    tell({ kind: 'stats', stats: { ...stats, logLinesDropped: stats.logLinesDropped + accessLog.dropped } })
  }
  const pool: ThreadPool = new ThreadPool(settings, log, {
    ended: tellStats,
    replaced(thread) {
      tellStats()
      tell({ kind: 'thread-ready', thread })
    },
    log: (lines) => accessLog.write(lines),
    asked: (thread, message) => tell({ ...message, thread }),
    targetEvent(event) {
      log[event.kind === 'target_ejected' || event.kind === 'target_unhealthy' ? 'warn' : 'info']({ ...event }, `${event.kind}: ${event.targetId} of ${event.upstreamName}: ${event.reason}`)
      tell({ kind: 'target-event', event })
    }
  })
  const end = async (code: number): Promise<never> => {
    tellStats()
    const [isWritten] = await Promise.all([accessLog.end(LAST_WORDS_MS), tellLast({ kind: 'last-traffic', traffic: pool.traffic() })])
    // Node waits for a write that nobody takes before it exits.
    if (!isWritten) process.kill(process.pid, 'SIGKILL')
    return exit(code)
  }
  let draining: Promise<void> | null = null
  const drain = (ms: number): Promise<void> => {
    draining ??= pool.closeAll().finally(() => void pool.drain(ms).then(() => end(0)))
    return draining
  }
  survivePrimary(settings, log, () => pool.endpoints().length > 0, () => drain(settings.drainSeconds * 1000))
  process.on('message', (message: ToProcess, socket?: net.Socket) => {
    if (message.kind === 'drain') void drain(message.ms).then(() => tell({ kind: 'answer', id: message.id, result: null }))
    else hear(pool, message, socket)
  })
  startMemoryGuard({ limitBytes: settings.memoryLimitMb * 2 ** 20, signals: pool.signals, log })
  const takeover = serveTakeover(settings.dataDir, { endpoints: () => pool.endpoints(), drain: () => drain(settings.drainSeconds * 1000), log })
  process.once('exit', () => takeover.remove())
  try {
    await pool.start()
  } catch (error) {
    log.fatal({ err: error }, 'the threads do not start')
    return end(1)
  }
  setInterval(tellStats, STATS_MS)
  tellStats()
  tell({ kind: 'ready' })
  flushCompileCache()
}

function hear(pool: ThreadPool, message: ToProcess, socket: net.Socket | undefined): void {
  const answer = (id: number, result: Promise<unknown>): void => {
    void result.then((value) => tell({ kind: 'answer', id, result: value ?? null }))
  }
  switch (message.kind) {
    case 'prepare':
      return answer(message.id, pool.prepare(message.snapshot))
    case 'commit':
      return answer(message.id, pool.commit(message.endpoints))
    case 'credentials':
      return pool.useCredentials(message.credentials)
    case 'health':
      return pool.hearHealth(message.news)
    case 'operate':
      return pool.operate(message.state)
    case 'traffic':
      return answer(message.id, Promise.resolve(pool.traffic()))
    case 'leased':
      return pool.tell(message.thread, { kind: message.kind, answers: message.answers })
    case 'challenge-answer':
      return pool.tell(message.thread, { kind: message.kind, token: message.token, keyAuthorization: message.keyAuthorization })
    case 'ask':
      return answer(message.id, pool.ask(message.question))
    case 'abort':
      return pool.abort()
    case 'listen':
      if (socket !== undefined) answer(message.id, pool.listen(message.thread, message.endpoint, socket))
      return
    case 'close':
      return answer(message.id, pool.close(message.endpoint))
  }
}

function survivePrimary(settings: WorkerSettings, log: Log, isServing: () => boolean, drain: () => Promise<void>): void {
  const { worker } = cluster
  worker?.once('disconnect', () => {
    // Without this the cluster module ends a worker whose primary is gone.
    worker.exitedAfterDisconnect = true
    if (!isServing()) return void drain()
    log.warn(`the primary is gone; serving on for up to ${settings.orphanSeconds} s`)
    setTimeout(() => {
      log.warn('no primary came back; stopping')
      void drain()
    }, settings.orphanSeconds * 1000)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void drain())
  })
}
