import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'

export interface LoadResult {
  requests: number
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
}

export interface LoadPlan {
  port: number
  /** Asked for in turn. */
  paths: readonly string[]
  connections: number
  seconds: number
  /** The CPU that makes the load. */
  cpu: number
  folder: string
}

/** Runs wrk. Throws when a request failed or was not answered 2xx: such a run measures something else. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const script = path.join(plan.folder, 'paths.lua')
  // The requests are made before the run, so that making them costs the load's CPU nothing.
  writeFileSync(script, `
local requests = {}
local at = 0
init = function()
  ${plan.paths.map((one) => `table.insert(requests, wrk.format("GET", ${JSON.stringify(one)}))`).join('\n  ')}
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`)
  const child = spawn('taskset', [
    '--cpu-list', String(plan.cpu), 'wrk', '-t1', `-c${plan.connections}`, `-d${plan.seconds}s`, '-s', script, `http://127.0.0.1:${plan.port}`
  ], { stdio: ['ignore', 'pipe', 'inherit'] })
  const output = await text(child.stdout)
  const [requests = 0, duration = 0, p50 = 0, p99 = 0, errors = 0] = (/^RESULT (.*)$/m.exec(output)?.[1] ?? '').split(' ').map(Number)
  if (!(requests > 0) || errors > 0) throw new Error(`wrk: ${errors} errors in ${requests} requests to port ${plan.port}\n${output}`)
  return { requests, perSecond: requests / duration * 1e6, p50: p50 / 1000, p99: p99 / 1000 }
}
