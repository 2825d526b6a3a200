import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'
import { percentile } from './percentile.ts'

/** What the good client saw. */
export interface GoodReport {
  samples: number
  /** What went wrong, counted. */
  errors: Record<string, number>
  /** Milliseconds. */
  p50: number
  p99: number
  longest: number
  /** p99 of requests that went to the origin past the gateway: what the machine itself makes of it. */
  directP99: number
}

export type GoodCommand = { kind: 'begin'; url: string } | { kind: 'finish' }
export type GoodMessage = { kind: 'origin'; address: string } | { kind: 'samples'; count: number } | { kind: 'report'; report: GoodReport }

const EVERY_MS = 20
/** One request past the gateway for so many through it. */
const DIRECT_EVERY = 5
const PATIENCE_MS = 10_000

// In a thread of its own with its own origin: what the faults cost this program must not be taken for the gateway's.
const port = parentPort!
let kept = new http.Agent()
let times: number[] = []
let directTimes: number[] = []
let errors: Record<string, number> = {}
let underWay: Promise<void>[] = []
let timer: NodeJS.Timeout | undefined
let sent = 0

const origin = http.createServer((_request, response) => response.end('good'))
origin.keepAliveTimeout = 60_000
origin.listen(0, '127.0.0.1')
await once(origin, 'listening')
const address = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
tell({ kind: 'origin', address })

port.on('message', (command: GoodCommand) => {
  if (command.kind === 'begin') begin(command.url)
  else void finish()
})

function begin(url: string): void {
  kept = new http.Agent({ keepAlive: true })
  times = []
  directTimes = []
  errors = {}
  underWay = []
  const from = performance.now()
  let due = 0
  timer = setInterval(() => {
    for (; due * EVERY_MS <= performance.now() - from; due++) {
      underWay.push(sample(url))
      if (due % DIRECT_EVERY === 0) underWay.push(sampleDirectly())
    }
  }, EVERY_MS)
}

async function finish(): Promise<void> {
  clearInterval(timer)
  await Promise.all(underWay)
  // Nothing of it may be counted among the connections that the faults left behind.
  kept.destroy()
  const [sorted, direct] = [times, directTimes].map((list) => list.toSorted((a, b) => a - b)) as [number[], number[]]
  tell({ kind: 'report', report: { samples: sorted.length, errors, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), longest: sorted.at(-1) ?? NaN, directP99: percentile(direct, 0.99) } })
}

/** One request, every other one on a new connection. */
async function sample(url: string): Promise<void> {
  const isKept = ++sent % 2 === 0
  const from = performance.now()
  const outcome = await send(url, isKept ? kept : false)
  times.push(performance.now() - from)
  if (outcome !== null) {
    const key = `${isKept ? 'kept' : 'new'} ${outcome}`
    errors[key] = (errors[key] ?? 0) + 1
  }
  if (times.length % 10 === 0) tell({ kind: 'samples', count: times.length })
}

async function sampleDirectly(): Promise<void> {
  const from = performance.now()
  await send(address, false)
  directTimes.push(performance.now() - from)
}

/** Null for the right answer, else what happened. */
function send(url: string, agent: http.Agent | false): Promise<string | null> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent, timeout: PATIENCE_MS }, (response) => {
      let body = ''
      response.setEncoding('latin1').on('data', (text: string) => (body += text))
      response.once('close', () => {
        const isRight = response.statusCode === 200 && response.complete && body === 'good'
        resolve(isRight ? null : `${response.statusCode} ${String(response.headers['x-gateway-error'])}${response.complete ? '' : ' cut'}`)
      })
    })
    request.once('timeout', () => request.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)))
    request.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

function tell(message: GoodMessage): void {
  port.postMessage(message)
}
