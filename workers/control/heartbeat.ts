import os from 'node:os'
import type { Desired, Heartbeat, PortState } from '../../shared/schema/node-api.ts'
import { SUPPORTED_SCHEMA_VERSIONS } from '../../shared/schema/snapshot.ts'
import type { NodeEnvironment } from '../env.ts'
import type { Log } from '../log.ts'
import type { ControlPlane } from './control-plane.ts'
import type { DataNode } from './data-node.ts'
import { isSame } from './decode-desired.ts'
import type { PortBook } from './port-book.ts'
import { portRangesText } from '../../shared/ports/port-range.ts'

/** A node that is silent for 5 s is shown as unknown. */
const PERIOD_MS = 2_000
const MAX_RANGE_TEXT = 1024
const MAX_PORTS = 4096

/** What a node says about itself. */
export function heartbeatOf(options: {
  env: NodeEnvironment
  node: Pick<DataNode, 'serving' | 'source' | 'stats' | 'portStates'>
  ports: Pick<PortBook, 'counts' | 'lostReservations'>
  startedAt: Date
  version: string
  draining: boolean
  drained: boolean
}): Heartbeat {
  const { env, node } = options
  const { threads, connections, requests, rssBytes, eventLoopDelayMs, served, threadsServing } = node.stats()
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
    ports: [...node.portStates(), ...lostPorts(options.ports, env)].slice(0, MAX_PORTS),
    reservedPorts: options.ports.counts().reserved,
    nodeVersion: process.version,
    threadsServing,
    load: { average: os.loadavg()[0] ?? 0, cores: os.availableParallelism() },
    connections,
    requests,
    served,
    rssBytes,
    eventLoopDelayMs,
    draining: options.draining,
    drained: options.drained
  }
}

/** Ports of the ranges that another program has, while no listener asks for them. */
function lostPorts(ports: Pick<PortBook, 'lostReservations'>, { httpsPorts }: NodeEnvironment): PortState[] {
  return ports.lostReservations().map(({ place, failure }) => {
    const isHttps = httpsPorts.some(({ from, to }) => place.port >= from && place.port <= to)
    return { ...place, protocol: isHttps ? 'https' : 'http', state: failure.state, error: failure.message.slice(0, 500) }
  })
}

/**
 * Sends a heartbeat each 2 s; one that is not answered is not repeated, the next one says more.
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
