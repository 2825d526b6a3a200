import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { LoadPlan, LoadResult } from './wrk.ts'

/** Opens connections that resume a TLS session, with one request each. Throws when one of them was not resumed. */
export async function runResumed({ port, paths, seconds, cpu, signal }: LoadPlan): Promise<LoadResult> {
  const program = `${import.meta.dirname}/resumed-client.ts`
  const { stdout } = await promisify(execFile)('taskset', ['--cpu-list', String(cpu), process.execPath, program, String(port), paths[0] ?? '/', String(seconds)], { signal })
  const [count = 0, resumed = 0] = (/^RESULT (.*)$/m.exec(stdout)?.[1] ?? '').split(' ').map(Number)
  if (!(count > 0) || resumed !== count) throw new Error(`${resumed} of ${count} connections were resumed`)
  return { requests: count, perSecond: count / seconds, p50: NaN, p99: NaN }
}
