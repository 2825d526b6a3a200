import { pino } from 'pino'
import type { Log } from '../log.ts'

/** Bytes kept for a reader that does not read. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
const FLUSH_MS = 1_000
const COMPLAIN_MS = 60_000

/** Where the access log of a process goes. */
export interface AccessLogSink {
  write(lines: string): void
  /** Lines that were dropped because nobody read them. */
  readonly dropped: number
  /** Writes what still waits; for the moment before the process ends. */
  flush(): void
}

/** `destination` is 'stdout' or a file, which is appended to. Writing happens aside; a reader that does not read costs lines, never time. */
export function createAccessLogSink(destination: string, log: Log): AccessLogSink {
  const output = pino.destination({ dest: destination === 'stdout' ? 1 : destination, append: true, mkdir: true, sync: false, minLength: 4096, periodicFlush: FLUSH_MS, maxLength: MAX_WAITING_BYTES })
  let dropped = 0
  let complainedAt = -Infinity
  const complain = (message: string, fields: object): void => {
    if (performance.now() - complainedAt < COMPLAIN_MS) return
    complainedAt = performance.now()
    log.error(fields, message)
  }
  output.on('drop', (lines: string) => {
    dropped += lines.split('\n').length - 1
    complain('the access log is not read quickly enough; lines are dropped', { destination })
  })
  output.on('error', (error: Error) => complain('the access log cannot be written', { destination, err: error }))
  return {
    write: (lines) => void output.write(lines),
    get dropped() {
      return dropped
    },
    flush() {
      try {
        output.flushSync()
      } catch {
        // Nobody reads any more.
      }
    }
  }
}
