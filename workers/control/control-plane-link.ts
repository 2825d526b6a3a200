import { CHANNELS } from '../../shared/schema/channels.ts'
import type { NodeEnvironment } from '../env.ts'
import type { Log } from '../log.ts'
import type { AckOutbox } from './ack-outbox.ts'
import { listenForHints } from './config-hints.ts'
import { ConfigPoller } from './config-poller.ts'
import type { ControlPlane } from './control-plane.ts'
import type { DataNode } from './data-node.ts'
import { heartbeatOf, startHeartbeat } from './heartbeat.ts'
import type { ThreadQuestion } from '../questions/thread-question.ts'
import { ChallengeLookup } from './credentials/challenge-lookup.ts'
import type { NodeCredentials } from './credentials/node-credentials.ts'
import type { NodeOperation } from './operation/node-operation.ts'
import type { PortBook } from './port-book.ts'
import type { LiveFacts } from './live-facts.ts'
import { createAnswerer } from './answer-question.ts'
import { createHealthReader, type HealthReader } from './health-reader.ts'
import { createSampler, sampleOf } from './sampler.ts'
import { linkToRedis, type RedisLink } from './redis-link.ts'
import { createLeaser } from './lease-limits.ts'
import type { Asked } from './worker-process.ts'
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
  ports: Pick<PortBook, 'counts' | 'lostReservations'>
  live: Pick<LiveFacts, 'hearHealth'>
  /** Threads ask through it. */
  processes: Pick<Asked, 'lease' | 'challenge'>
  /** Sampled requests, newest first. */
  ask<T>(question: ThreadQuestion): Promise<T[]>
  outbox: AckOutbox
  credentials: Pick<NodeCredentials, 'refresh'>
  operation: Pick<NodeOperation, 'refresh' | 'isDrained'>
  version: string
  startedAt: Date
  isDraining(): boolean
  log: Log
}

/** Asks for the configuration, listens for hints, and sends heartbeats, until it is stopped. */
export function linkToControlPlane(options: LinkOptions): ControlPlaneLink {
  const { env, controlPlane, node, outbox, log } = options
  const challenges = new ChallengeLookup(controlPlane)
  options.processes.challenge = (token) => challenges.find(token)
  const received = createConfigReceiver({ node, report: (ack) => outbox.put(ack), log })
  const answered = async (): Promise<void> => void (await Promise.all([options.operation.refresh(), options.credentials.refresh()]))
  const poller = new ConfigPoller({ controlPlane, intervalSeconds: env.pollIntervalSeconds, have: () => node.handled, received, answered, log })
  const redis = env.redisUrl === null ? null : listenToRedis(env.redisUrl, options)
  const hints = env.redisUrl === null ? null : listenForHints({ url: env.redisUrl, hint: () => poller.poke(), log })
  const heartbeat = startHeartbeat({
    controlPlane,
    heartbeat: () => heartbeatOf({ env, node, ports: options.ports, startedAt: options.startedAt, version: options.version, draining: options.isDraining(), drained: options.operation.isDrained }),
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

/** Health of targets, and questions that only this node can answer, which need Redis and nothing else. */
function listenToRedis(url: string, { env, node, live, processes, ask, startedAt, log }: LinkOptions): { health: HealthReader; stop(): void } {
  const redis = (): RedisLink['commands'] => link.commands
  const health = createHealthReader({ redis, upstreamIds: () => node.probedUpstreams(), heard: (news) => live.hearHealth(news), log })
  const sampler = createSampler({ redis, sample: () => sampleOf(env.nodeId, startedAt, node.stats()) })
  const answer = createAnswerer({ nodeId: env.nodeId, redis, ask, sample: (seconds) => sampler.want(seconds), log })
  const link = linkToRedis({ url, channels: { [CHANNELS.health]: (text) => health.onMessage(text), [CHANNELS.questions]: answer }, connected: () => health.read() })
  processes.lease = createLeaser(redis)
  return {
    health,
    stop() {
      health.stop()
      sampler.stop()
      link.stop()
    }
  }
}
