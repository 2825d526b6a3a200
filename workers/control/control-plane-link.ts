import { CHANNELS } from '../../shared/schema/channels.ts'
import type { RecentRequest } from '../../shared/schema/recent-request.ts'
import type { NodeEnvironment } from '../env.ts'
import type { Log } from '../log.ts'
import type { AckOutbox } from './ack-outbox.ts'
import { listenForHints } from './config-hints.ts'
import { ConfigPoller } from './config-poller.ts'
import type { ControlPlane } from './control-plane.ts'
import type { DataNode } from './data-node.ts'
import { heartbeatOf, startHeartbeat } from './heartbeat.ts'
import type { NodeCredentials } from './credentials/node-credentials.ts'
import type { LiveFacts } from './live-facts.ts'
import { createAnswerer } from './answer-question.ts'
import { createHealthReader, type HealthReader } from './health-reader.ts'
import { linkToRedis, type RedisLink } from './redis-link.ts'
import { createConfigReceiver } from './receive-config.ts'

/** Everything that goes on between a running node and its control plane. */
export interface ControlPlaneLink {
  readonly isControlPlaneConnected: boolean
  readonly isRedisConnected: boolean
  /** Reads what probes found, for upstreams that are new. */
  readHealth(): void
  /** Says at once how the node is, out of turn. */
  beat(): void
  stop(): void
}

interface LinkOptions {
  env: NodeEnvironment
  controlPlane: ControlPlane
  node: DataNode
  live: Pick<LiveFacts, 'hearHealth'>
  /** Sampled requests, newest first. */
  recent(): Promise<RecentRequest[]>
  outbox: AckOutbox
  credentials: Pick<NodeCredentials, 'refresh'>
  version: string
  startedAt: Date
  isDraining(): boolean
  log: Log
}

/** Asks for the configuration, listens for hints, and sends heartbeats, until it is stopped. */
export function linkToControlPlane(options: LinkOptions): ControlPlaneLink {
  const { env, controlPlane, node, outbox, log } = options
  const received = createConfigReceiver({ node, report: (ack) => outbox.put(ack), log })
  const poller = new ConfigPoller({ controlPlane, intervalSeconds: env.pollIntervalSeconds, have: () => node.handled, received, answered: () => options.credentials.refresh(), log })
  const redis = env.redisUrl === null ? null : listenToRedis(env.redisUrl, options)
  const hints = env.redisUrl === null ? null : listenForHints({ url: env.redisUrl, hint: () => poller.poke(), log })
  const heartbeat = startHeartbeat({
    controlPlane,
    heartbeat: () => heartbeatOf({ env, node, startedAt: options.startedAt, version: options.version, draining: options.isDraining() }),
    known: () => node.handled,
    behind: () => poller.poke(),
    log
  })
  poller.poke()
  void heartbeat.beat()
  return {
    get isControlPlaneConnected() {
      return poller.isConnected
    },
    get isRedisConnected() {
      return hints?.isConnected ?? false
    },
    beat: () => void heartbeat.beat(),
    readHealth: () => redis?.health.read(),
    stop() {
      poller.stop()
      hints?.stop()
      redis?.stop()
      heartbeat.stop()
    }
  }
}

/** Health of targets and questions about requests, which need Redis and nothing else. */
function listenToRedis(url: string, { env, node, live, recent, log }: LinkOptions): { health: HealthReader; stop(): void } {
  const redis = (): RedisLink['commands'] => link.commands
  const health = createHealthReader({ redis, upstreamIds: () => node.probedUpstreams(), heard: (news) => live.hearHealth(news), log })
  const answer = createAnswerer({ nodeId: env.nodeId, redis, recent, log })
  const link = linkToRedis({ url, channels: { [CHANNELS.health]: (text) => health.onMessage(text), [CHANNELS.questions]: answer }, connected: () => health.read() })
  return {
    health,
    stop() {
      health.stop()
      link.stop()
    }
  }
}
