import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { LoadPlan, LoadResult } from './wrk.ts'

const CONNECTIONS = 8
const STREAMS = 4
export const H2_TEXT = `h2load with ${CONNECTIONS} connections of ${STREAMS} streams`

/** Runs h2load over TLS. Throws when a request failed or was not answered 2xx. */
export async function runH2Load({ port, paths, seconds, cpu, signal }: LoadPlan): Promise<LoadResult> {
  const urls = paths.map((path) => `https://127.0.0.1:${port}${path}`)
  const args = ['--cpu-list', String(cpu), 'h2load', '-t1', `-c${CONNECTIONS}`, `-m${STREAMS}`, '-D', String(seconds), '--warm-up-time=0', ...urls]
  const child = spawn('taskset', args, { stdio: ['ignore', 'pipe', 'inherit'], signal })
  child.on('error', () => {})
  const output = await text(child.stdout)
  signal.throwIfAborted()
  const [, done = 0, succeeded = 0] = (/^requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded/m.exec(output) ?? []).map(Number)
  const [, ok = 0] = (/^status codes: (\d+) 2xx/m.exec(output) ?? []).map(Number)
  // What was under way when the time was over counts among the answers that were begun.
  if (!(succeeded > 0) || done !== succeeded || ok < succeeded) throw new Error(`h2load: ${done} requests, ${succeeded} succeeded\n${output}`)
  return { requests: succeeded, perSecond: succeeded / seconds, p50: NaN, p99: NaN }
}
