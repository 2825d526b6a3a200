import { createInterface } from 'node:readline'
import type { GuardedProcess } from './guarded-process.ts'

const TAIL_LINES = 30

export interface LineWait {
  pattern: RegExp
  /** Milliseconds until it gives up. */
  ms: number
  /** Named in the error. */
  what: string
  /** Gets every line, also those after the awaited one. */
  log?: (line: string) => void
}

/**
 * Waits until the process writes a line that matches. Rejects when the process ends first or the time is over;
 * the error's message holds the last lines it wrote. Goes on reading, so that the process never blocks on a full pipe.
 */
export function waitForLine(process: GuardedProcess, wait: LineWait): Promise<void> {
  const tail: string[] = []
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(timer)
      reject(new Error(`${wait.what} ${reason}; its last lines:\n${tail.map((line) => `  ${line}`).join('\n')}`))
    }
    const timer = setTimeout(() => fail(`was not ready within ${wait.ms / 1000} s`), wait.ms)
    const onLine = (line: string): void => {
      wait.log?.(line)
      if (tail.push(line) > TAIL_LINES) tail.shift()
      if (!wait.pattern.test(line)) return
      clearTimeout(timer)
      resolve()
    }
    for (const stream of [process.child.stdout, process.child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', onLine)
    }
    // 'close' comes after the last line was read, 'exit' may come before it.
    process.child.once('close', (code, signal) => fail(`ended with ${signal ?? `exit code ${code}`}`))
  })
}
