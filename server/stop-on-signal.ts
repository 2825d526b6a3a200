import type { Logger } from 'pino'

/** Runs `stop` once on SIGTERM or SIGINT and exits with 0, or with 1 when it fails or takes longer than `deadlineMs`. */
export function stopOnSignal(log: Logger, deadlineMs: number, stop: () => Promise<void>): void {
  let stopping = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) return
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => {
      log.error({ deadlineMs }, 'stopping took too long')
      process.exit(1)
    }, deadlineMs).unref()
    stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ error }, 'stopping failed')
        process.exit(1)
      }
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
