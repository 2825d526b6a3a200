import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startNodeProgram } from './node-program.ts'
import type { LoadPlan, LoadResult } from './wrk.ts'

export const startEchoOrigin = () => startNodeProgram('echo-origin.ts', [])

/** WebSockets on which a message goes to and fro all the time; a request is a message and its echo. */
export async function runEcho({ port, paths, connections, seconds, cpu, signal }: LoadPlan): Promise<LoadResult> {
  const program = `${import.meta.dirname}/echo-client.ts`
  const { stdout } = await promisify(execFile)('taskset', ['--cpu-list', String(cpu), process.execPath, program, String(port), paths[0] ?? '/', String(connections), String(seconds)], { signal })
  const requests = Number(/^RESULT (\d+)$/m.exec(stdout)?.[1])
  if (!(requests > 0)) throw new Error('no message came back')
  return { requests, perSecond: requests / seconds, p50: NaN, p99: NaN }
}
