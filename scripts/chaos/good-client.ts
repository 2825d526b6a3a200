import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { GoodCommand, GoodMessage, GoodReport } from './good-client-thread.ts'

/** A client that does nothing wrong: 50 requests/s, half of them on new connections, to an origin that is well. */
export interface GoodClient {
  /** Address of its origin. */
  readonly origin: string
  /** Requests answered since begin(). */
  readonly samples: number
  begin(url: string): void
  finish(): Promise<GoodReport>
  stop(): Promise<void>
}

export async function startGoodClient(): Promise<GoodClient> {
  const worker = new Worker(new URL('./good-client-thread.ts', import.meta.url))
  const [hello] = await once(worker, 'message') as [GoodMessage]
  const origin = hello.kind === 'origin' ? hello.address : ''
  const tell = (command: GoodCommand): void => worker.postMessage(command)
  let samples = 0
  let report = Promise.withResolvers<GoodReport>()
  worker.on('message', (message: GoodMessage) => {
    if (message.kind === 'samples') samples = message.count
    if (message.kind === 'report') report.resolve(message.report)
  })
  worker.on('error', (error) => report.reject(error))
  return {
    origin,
    get samples() {
      return samples
    },
    begin(url) {
      samples = 0
      report = Promise.withResolvers()
      tell({ kind: 'begin', url })
    },
    finish() {
      tell({ kind: 'finish' })
      return report.promise
    },
    async stop() {
      await worker.terminate()
    }
  }
}
