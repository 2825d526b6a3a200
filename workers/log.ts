import { type Logger, pino } from 'pino'
import { LineOutput } from './line-output.ts'

export type Log = Logger

/** Lines kept for a reader that does not read; more are dropped rather than kept in memory. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024
const RETRY_MS = 1_000
const LAST_WORDS_MS = 1_000

export interface LogOutput {
  log: Log
  /** Writes what still waits and ends the process; a reader that hangs does not hold that up for more than a second. */
  exit(code: number): Promise<never>
}

/** JSON lines to stdout, written aside so that a slow reader of the log never holds up who writes. */
export function createLog(level: string, base: Record<string, unknown>): LogOutput {
  const output = new LineOutput({ destination: 'stdout', maxBytes: MAX_WAITING_BYTES, retryMs: RETRY_MS, dropped() {}, failed() {} })
  const log = pino({ level, base, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, { write: (line) => output.write(line) })
  return {
    log,
    async exit(code) {
      // Node waits for a write that nobody takes before it exits.
      if (!await output.end(LAST_WORDS_MS)) process.kill(process.pid, 'SIGKILL')
      process.exit(code)
    }
  }
}
