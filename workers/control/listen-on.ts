import type { ListenerEndpoint } from '../endpoint.ts'
import type { PortBook } from './port-book.ts'
import { placeKey } from './port-place.ts'
import type { WorkerProcess } from './worker-process.ts'

/** Opens what is wanted and bound, then closes what is not wanted. */
export async function listenOn(process: WorkerProcess, ports: PortBook, wanted: readonly ListenerEndpoint[]): Promise<void> {
  const keys = new Set(wanted.map(placeKey))
  await Promise.all(ports.openPorts().filter(({ endpoint }) => keys.has(placeKey(endpoint))).map(async (port) => {
    const failure = await process.listen(port)
    if (failure !== null) ports.giveUp(port.endpoint, failure)
  }))
  const closed = await ports.keepOnly(wanted)
  await Promise.all(closed.map(({ endpoint }) => process.close(endpoint)))
}
