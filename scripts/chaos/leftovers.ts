import { waitUntil } from '../services/wait-until.ts'
import { openFiles } from '../../workers/testing/process-facts.ts'
import type { Stand } from './stand.ts'

const GAUGES = ['gateway_connections', 'gateway_origin_connections', 'gateway_requests_in_flight']
/** Origin connections may lie idle for 4 s. */
const PATIENCE_MS = 20_000

/** Checks that no connection, request or file descriptor is left; `filesBefore` is how many the worker process had when nothing happened. */
export async function checkLeftovers(stand: Stand, filesBefore: number): Promise<void> {
  const gauges = (): Promise<number[]> => Promise.all(GAUGES.map((name) => stand.place.metric(name)))
  const isClean = async (): Promise<boolean> => (await gauges()).every((value) => value === 0) && openFiles(stand.worker) <= filesBefore
  // Asked once more it might meet a file that is just being read.
  const wasClean = await waitUntil(isClean, { ms: PATIENCE_MS, what: 'nothing to be left', everyMs: 200 }).then(() => true, () => false)
  const [connections, origins, inFlight] = await gauges()
  const measured = `${connections} connections, ${origins} origin connections, ${inFlight} in flight, ${openFiles(stand.worker)} file descriptors (${filesBefore} before)`
  stand.check('nothing is left', wasClean, measured)
}
