import { flushCompileCache } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import type { Snapshot } from '../shared/schema/snapshot.ts'
import { startBeating } from './listeners/thread-beat.ts'
import { createThreadListeners } from './listeners/thread-listeners.ts'
import { createLog } from './log.ts'
import type { FromThread, Prepared, ThreadData, ThreadStats, ToThread } from './messages.ts'
import { createEngine } from './proxy/engine.ts'

// One thread of the data node: accepts on the sockets it is sent, and serves with the engine.

const STATS_MS = 1_000
const DELAY_RESOLUTION_MS = 20
const DELAY_PERIOD_MS = 5_000
const MAX_ISSUES = 100

if (parentPort === null) throw new Error('thread.ts runs as a thread of process.ts')
const port = parentPort
const { thread, threads, nodeId, logLevel, counters, beats } = workerData as ThreadData
const { log } = createLog(logLevel, { node: nodeId, process: 'worker', thread })
const engine = createEngine({ thread, threads, counters, log })
const listeners = createThreadListeners({ accept: (socket, endpoint) => engine.accept(socket, endpoint), log })

const tell = (message: FromThread): void => port.postMessage(message)

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'prepare':
      return tell({ kind: 'answer', id: message.id, result: prepare(message.snapshot, message.rows) })
    case 'commit':
      engine.commit()
      listeners.refresh(message.endpoints)
      return tell({ kind: 'answer', id: message.id, result: null })
    case 'abort':
      return engine.abort()
    case 'listen':
      return void listeners.listen(message.endpoint, message.socket).then((result) => tell({ kind: 'answer', id: message.id, result }))
    case 'close':
      listeners.close(message.endpoint)
      engine.closeEndpoint(message.endpoint)
      return tell({ kind: 'answer', id: message.id, result: null })
    case 'close-all':
      // After the poll phase, in which every connection that waits by now is accepted.
      return void setImmediate(() => {
        listeners.closeAll()
        tell({ kind: 'answer', id: message.id, result: null })
      })
    case 'drain':
      return void engine.drain(message.ms).then(() => {
        tellStats()
        tell({ kind: 'answer', id: message.id, result: null })
      })
  }
})

function prepare(json: string, rows: ReadonlyMap<string, number>): Prepared {
  const begin = performance.now()
  const issues = engine.prepare(JSON.parse(json) as Snapshot, rows).slice(0, MAX_ISSUES)
  return {
    result: issues.some(({ severity }) => severity === 'error') ? 'refused' : 'applied',
    preparedInMs: Math.round((performance.now() - begin) * 100) / 100,
    at: new Date().toISOString(),
    issues
  }
}

const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
delay.enable()
let eventLoopDelayMs = 0
setInterval(() => {
  // The histogram holds the distance between two ticks of its own timer.
  eventLoopDelayMs = Math.max(0, Math.round((delay.percentile(99) / 1e6 - DELAY_RESOLUTION_MS) * 100) / 100) || 0
  delay.reset()
}, DELAY_PERIOD_MS)

setInterval(tellStats, STATS_MS)

function tellStats(): void {
  const { connections, requests, inFlight, originConnections, byCode } = engine.stats()
  const stats: ThreadStats = { connections, requests, inFlight, originConnections, byCode, eventLoopDelayMs }
  tell({ kind: 'stats', stats })
}

startBeating(beats, thread)
tell({ kind: 'up' })
flushCompileCache()
