import { errorIssue } from '../../shared/schema/issue.ts'
import type { ThreadResult } from '../../shared/schema/node-api.ts'
import { ProcessEnded, type WorkerProcess } from './worker-process.ts'

/** Prepares a snapshot in every thread. A process that ends meanwhile refuses, as a thread does. */
export async function prepareOrRefuse(process: Pick<WorkerProcess, 'prepare'>, json: string): Promise<ThreadResult[]> {
  try {
    return await process.prepare(json)
  } catch (error) {
    ignoreEnd(error)
    const issues = [errorIssue('', 'thread_failed', `${(error as Error).message} while it prepared the snapshot`)]
    return [{ thread: 0, result: 'refused', preparedInMs: 0, at: new Date().toISOString(), issues }]
  }
}

/** For steps that the next one repeats when the process has ended. */
export function ignoreEnd(error: unknown): void {
  if (!(error instanceof ProcessEnded)) throw error
}
