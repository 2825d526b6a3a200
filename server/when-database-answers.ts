import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { mapError } from './http/map-error.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000

/**
 * Runs `work`, again and again while the database cannot be reached, saying so each time. Other errors are thrown.
 * @returns false when `stopping` ended the wait.
 */
export async function whenDatabaseAnswers(log: Logger, stopping: AbortSignal, work: () => Promise<void>): Promise<boolean> {
  for (let wait = FIRST_WAIT_MS; !stopping.aborted; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    try {
      await work()
      return !stopping.aborted
    } catch (error) {
      if (mapError(error).code !== 'database_unavailable') throw error
      log.warn({ reason: (error as Error).message, waitMs: wait }, 'the database cannot be reached; trying again')
      await delay(wait, undefined, { signal: stopping }).catch(() => {})
    }
  }
  return false
}
