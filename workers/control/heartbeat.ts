import type { Desired, Heartbeat } from '../../shared/schema/node-api.ts'
import { SUPPORTED_SCHEMA_VERSIONS } from '../../shared/schema/snapshot.ts'
import type { NodeEnvironment } from '../env.ts'
import type { Log } from '../log.ts'
import type { ControlPlane } from './control-plane.ts'
import type { DataNode } from './data-node.ts'
import { isSame } from './decode-desired.ts'
import { portRangesText } from './port-range.ts'

const PERIOD_MS = 5_000
const MAX_RANGE_TEXT = 1024

/** What a node says about itself. */
export function heartbeatOf(options: {
  env: NodeEnvironment
  node: Pick<DataNode, 'serving' | 'source' | 'stats' | 'portStates'>
  startedAt: Date
  version: string
  draining: boolean
}): Heartbeat {
  const { env, node } = options
  const { threads, connections, requests, rssBytes, eventLoopDelayMs } = node.stats()
  return {
    startedAt: options.startedAt.toISOString(),
    version: options.version,
    schemaVersions: [...SUPPORTED_SCHEMA_VERSIONS],
    labels: env.nodeLabels,
    threads,
    serving: node.serving,
    source: node.source,
    httpPortRange: portRangesText(env.httpPorts).slice(0, MAX_RANGE_TEXT),
    httpsPortRange: portRangesText(env.httpsPorts).slice(0, MAX_RANGE_TEXT),
    ports: node.portStates(),
    connections,
    requests,
    rssBytes,
    eventLoopDelayMs,
    draining: options.draining
  }
}

/**
 * Sends a heartbeat each 5 s; one that is not answered is not repeated, the next one says more.
 * `behind` is called when the answer wants another snapshot than the newest one known here.
 */
export function startHeartbeat(options: {
  controlPlane: Pick<ControlPlane, 'heartbeat'>
  heartbeat(): Heartbeat
  known(): Desired | null
  behind(): void
  log: Log
}): { beat(): Promise<void>; stop(): void } {
  let isBeating = false
  const beat = async (): Promise<void> => {
    if (isBeating) return
    isBeating = true
    try {
      const desired = await options.controlPlane.heartbeat(options.heartbeat())
      if (desired !== null && !isSame(desired, options.known())) options.behind()
    } catch (error) {
      options.log.debug(`heartbeat was not taken: ${(error as Error).message}`)
    }
    isBeating = false
  }
  const timer = setInterval(() => void beat(), PERIOD_MS)
  return { beat, stop: () => clearInterval(timer) }
}
