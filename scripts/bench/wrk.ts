import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'

export interface LoadResult {
  requests: number
  perSecond: number
  /** Milliseconds; NaN when the program does not say. */
  p50: number
  p99: number
}

export interface LoadPlan {
  port: number
  /** Asked for in turn. */
  paths: readonly string[]
  /** Of the body of each request, which is then a POST. */
  postBytes?: number
  /** With TLS; a new connection is a full handshake. */
  isSecure?: boolean
  /** A new connection for each request. */
  isClosing?: boolean
  /** Of every request. */
  headers?: Readonly<Record<string, string>>
  connections: number
  seconds: number
  /** The CPU that makes the load. */
  cpu: number
  folder: string
  signal: AbortSignal
}

/** Runs wrk. Throws when a request failed or was not answered 2xx: such a run measures something else. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const script = path.join(plan.folder, 'requests.lua')
  writeFileSync(script, luaScript(plan))
  const args = ['--cpu-list', String(plan.cpu), 'wrk', '-t1', `-c${plan.connections}`, `-d${plan.seconds}s`, '-s', script, `${plan.isSecure === true ? 'https' : 'http'}://127.0.0.1:${plan.port}`]
  const child = spawn('taskset', args, { stdio: ['ignore', 'pipe', 'inherit'], signal: plan.signal })
  child.on('error', () => {})
  const output = await text(child.stdout)
  plan.signal.throwIfAborted()
  const [requests = 0, duration = 0, p50 = 0, p99 = 0, errors = 0] = (/^RESULT (.*)$/m.exec(output)?.[1] ?? '').split(' ').map(Number)
  if (!(requests > 0) || errors > 0) throw new Error(`wrk: ${errors} errors in ${requests} requests to port ${plan.port}\n${output}`)
  return { requests, perSecond: requests / duration * 1e6, p50: p50 / 1000, p99: p99 / 1000 }
}

/** The requests are made before the run, so that making them costs the load's CPU nothing. */
function luaScript({ paths, postBytes = 0, isClosing = false, headers: given = {} }: LoadPlan): string {
  const method = postBytes > 0 ? 'POST' : 'GET'
  const fields = Object.entries({ ...given, ...(isClosing ? { Connection: 'close' } : {}) })
  const headers = fields.length === 0 ? 'nil' : `{ ${fields.map(([name, value]) => `[${JSON.stringify(name)}] = ${JSON.stringify(value)}`).join(', ')} }`
  const body = postBytes > 0 ? `string.rep("x", ${postBytes})` : 'nil'
  return `
local requests = {}
local at = 0
local paths = { ${paths.map((one) => JSON.stringify(one)).join(', ')} }
init = function()
  for _, path in ipairs(paths) do table.insert(requests, wrk.format("${method}", path, ${headers}, ${body})) end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`
}
