import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Lines kept for a reader that does not read; more are dropped rather than kept in memory. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

export interface LogOutput {
  log: Log
  /** Writes what still waits; for the moment before the process ends. */
  flush(): void
}

/** JSON lines to stdout, written aside so that a slow reader of the log never holds up who writes. */
export function createLog(level: string, base: Record<string, unknown>): LogOutput {
  const output = pino.destination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES })
  const log = pino({ level, base, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, output as DestinationStream)
  return {
    log,
    flush() {
      try {
        output.flushSync()
      } catch {
        // Nobody reads any more.
      }
    }
  }
}
