import { constants } from 'node:os'

// A terminal sends Ctrl-C to the whole group and npm passes it on again: one press can arrive several times.
const SAME_PRESS_MS = 700

/**
 * Calls `stop` once when this process is told to end, or when the process that started it is gone. A second signal
 * later than that ends the process at once. The returned function gives the exit code of the interruption, if any.
 */
export function stopOnSignal(stop: () => void): () => number | undefined {
  let first: { at: number; exitCode: number } | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    const exitCode = 128 + constants.signals[signal]
    if (first === undefined) {
      first = { at: performance.now(), exitCode }
      stop()
    } else if (performance.now() - first.at > SAME_PRESS_MS) {
      process.exit(exitCode)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  if (process.channel) {
    process.once('disconnect', () => onSignal('SIGTERM'))
    process.channel.unref()
  }
  return () => first?.exitCode
}
