import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface TransferPlan {
  port: number
  path: string
  bytes: number
  direction: 'down' | 'up'
  cpu: number
  signal: AbortSignal
}

/** Moves one body with a client in a process of its own; gives the seconds from the request to the end of the answer. */
export async function transfer(plan: TransferPlan): Promise<number> {
  const program = `${import.meta.dirname}/transfer-client.ts`
  const args = ['--cpu-list', String(plan.cpu), process.execPath, program, String(plan.port), plan.path, plan.direction, String(plan.bytes)]
  const { stdout } = await promisify(execFile)('taskset', args, { signal: plan.signal })
  return Number(stdout)
}
