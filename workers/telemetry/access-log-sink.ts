import type { Log } from '../log.ts'
import { LineOutput } from '../line-output.ts'

/** Bytes kept for a reader that does not read. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
const RETRY_MS = 1_000
const COMPLAIN_MS = 60_000

/** Where the access log of a process goes. */
export interface AccessLogSink {
  write(lines: string): void
  /** Lines that were dropped because nobody read them. */
  readonly dropped: number
  /** Waits for what still waits, for the moment before the process ends: false when it was not written within `ms`. */
  end(ms: number): Promise<boolean>
}

/** `destination` is 'stdout' or a file, which is appended to. A reader that does not read costs lines, never time. */
export function createAccessLogSink(destination: string, log: Pick<Log, 'error'>): AccessLogSink {
  let dropped = 0
  let complainedAt = -Infinity
  const complain = (message: string, fields: object): void => {
    if (performance.now() - complainedAt < COMPLAIN_MS) return
    complainedAt = performance.now()
    log.error({ destination, ...fields }, message)
  }
  const output = new LineOutput({
    destination,
    maxBytes: MAX_WAITING_BYTES,
    retryMs: RETRY_MS,
    dropped(lines) {
      dropped += lines
      complain('the access log is not read quickly enough; lines are dropped', {})
    },
    failed: (error) => complain('the access log cannot be written', { err: error })
  })
  return {
    write: (lines) => output.write(lines),
    get dropped() {
      return dropped
    },
    end: (ms) => output.end(ms)
  }
}
