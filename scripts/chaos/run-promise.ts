import { pathToFileURL } from 'node:url'
import { stopOnSignal } from '../stop-on-signal.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { openStand } from './stand.ts'

// A process for each promise: `node run-promise.ts FILE SAMPLES [SLACK]`. Sends its verdict to its parent.
const [file = '', samples = '', slack = '1'] = process.argv.slice(2)
const { promise } = await import(pathToFileURL(file).href) as { promise: ChaosPromise }
let hasEnded = false
const stand = await openStand(Number(samples), Number(slack))
stopOnSignal(() => void end('interrupted'))
// Whatever happens here, the node is ended and its folder removed.
process.on('uncaughtException', (error) => void end(error.stack ?? error.message))
try {
  await promise.run(stand)
  await end(null)
} catch (error) {
  await end(error instanceof Error ? error.stack ?? error.message : String(error))
}

async function end(error: string | null): Promise<void> {
  // Closing the stand makes what still runs fail as well.
  if (hasEnded) return
  hasEnded = true
  await stand.close()
  const isKept = error === null && stand.checks.length > 0 && stand.checks.every(({ isMet }) => isMet)
  process.send?.({ isKept, checks: stand.checks, error }, () => process.exit(isKept ? 0 : 1))
}
