import { flushCompileCache } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { Desired } from '../shared/schema/node-api.ts'
import type { Issue } from '../shared/schema/issue.ts'
import type { RuntimePart } from './configuration/runtime-part.ts'
import { startHeapCollection } from './heap-collection.ts'
import { startBeating } from './listeners/thread-beat.ts'
import { createThreadListeners } from './listeners/thread-listeners.ts'
import { createLog } from './log.ts'
import type { FromThread, ThreadData, ThreadPrepared, ThreadStats, ToThread } from './messages.ts'
import { answerInThread } from './questions/answer-in-thread.ts'
import { createEngine } from './proxy/engine.ts'
import { Signals } from './state/signals.ts'
import { AccessLogWriter } from './telemetry/access-log-writer.ts'
import { createTelemetry } from './telemetry/telemetry.ts'

// One thread of the data node: accepts on the sockets it is sent, and serves with the engine.

const STATS_MS = 1_000
const DELAY_RESOLUTION_MS = 20
const DELAY_PERIOD_MS = 5_000
const MAX_ISSUES = 100
/** How long a new configuration waits for the keys of its identity providers. */
const KEYS_MS = 2_000

if (parentPort === null) throw new Error('thread.ts runs as a thread of process.ts')
const port = parentPort
const { thread, nodeId, logLevel, memory, traffic, beats } = workerData as ThreadData
const { log } = createLog(logLevel, { node: nodeId, process: 'worker', thread })
const accessLog = new AccessLogWriter((lines) => tell({ kind: 'log', lines }))
const telemetry = createTelemetry({ thread, traffic, accessLog })
const engine = createEngine({ thread, memory, telemetry, log, askLeases: (asks) => tell({ kind: 'lease', asks }), askChallenge: (token) => tell({ kind: 'challenge', token }), onTargetEvent: (event) => tell({ kind: 'target-event', event }) })
const listeners = createThreadListeners({ accept: (handle, endpoint) => engine.accept(handle, endpoint), log })

let preparing: Desired | null = null
let serving: Desired | null = null
const tell = (message: FromThread): void => port.postMessage(message)

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'prepare':
      preparing = message.desired
      return tell({ kind: 'answer', id: message.id, result: timed(() => (engine.begin(message.desired.revision, message.whole), [])) })
    case 'prepare-part':
      return tell({ kind: 'answer', id: message.id, result: timed(() => engine.add(JSON.parse(message.part) as RuntimePart)) })
    case 'prepare-end':
      return void finished().then((result) => tell({ kind: 'answer', id: message.id, result }))
    case 'commit':
      engine.commit()
      serving = preparing
      listeners.refresh(message.endpoints)
      return tell({ kind: 'answer', id: message.id, result: null })
    case 'credentials':
      engine.useCredentials(message.credentials)
      return tell({ kind: 'answer', id: message.id, result: null })
    case 'ask':
      return tell({ kind: 'answer', id: message.id, result: answerInThread(message.question, telemetry, engine) })
    case 'leased':
      return engine.leased(message.answers)
    case 'challenge-answer':
      return engine.challengeAnswered(message.token, message.keyAuthorization)
    case 'log-taken':
      return accessLog.taken()
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
        accessLog.handOver()
        tellStats()
        tell({ kind: 'answer', id: message.id, result: null })
      })
  }
})

/** Keys are fetched before the configuration serves; an issuer that does not answer holds nothing up for long. */
async function finished(): Promise<ThreadPrepared> {
  const result = timed(() => engine.finish())
  await Promise.race([engine.firstKeys(), sleep(KEYS_MS, undefined, { ref: false })])
  return result
}

/** Does a step of preparing, during which no request is served. */
function timed(step: () => Issue[]): ThreadPrepared {
  const begin = performance.now()
  const issues = step().slice(0, MAX_ISSUES)
  return { blockedMs: performance.now() - begin, issues }
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
  const stats: ThreadStats = { ...engine.stats(), logLinesDropped: accessLog.dropped, eventLoopDelayMs }
  tell({ kind: 'stats', stats, serving })
}

startBeating(beats, thread)
startHeapCollection(new Signals(memory.signals))
tell({ kind: 'up' })
flushCompileCache()
