import { setTimeout as sleep } from 'node:timers/promises'
import type { Service } from './service.ts'

/** A process that is started again whenever it ends, as a supervisor does. */
export interface KeptRunning {
  readonly name: string
  /** The one that runs now, or ran last. */
  readonly service: Service
  readonly starts: number
  /** SIGKILL. */
  kill(): void
  /** SIGTERM, and no further start. */
  stop(): Promise<void>
}

const RESTART_DELAY_MS = 200

/** `start` resolves when the process is ready; one that fails is tried again. */
export async function keepRunning(name: string, start: () => Promise<Service>): Promise<KeptRunning> {
  let service = await start()
  let isStopping = false
  let starts = 1
  const supervising = (async () => {
    for (;;) {
      await service.exited
      if (isStopping) return
      await sleep(RESTART_DELAY_MS)
      while (!isStopping) {
        try {
          service = await start()
          starts++
          if (isStopping) await service.stop()
          break
        } catch (error) {
          console.error(`${name} did not start: ${(error as Error).message.split('\n').slice(0, 3).join(' ')}`)
          await sleep(RESTART_DELAY_MS)
        }
      }
    }
  })()
  return {
    name,
    get service() {
      return service
    },
    get starts() {
      return starts
    },
    kill: () => service.signal('SIGKILL'),
    async stop() {
      isStopping = true
      await service.stop()
      await supervising
    }
  }
}
