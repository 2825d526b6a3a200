import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeEnvironment } from '../env.ts'
import type { Log } from '../log.ts'
import type { WorkerSettings } from '../messages.ts'
import { AckOutbox } from './ack-outbox.ts'
import { startAdminServer } from './admin-server.ts'
import { portIssues } from './apply-report.ts'
import { CertificateReview } from './certificate-review.ts'
import { type ControlPlaneLink, linkToControlPlane } from './control-plane-link.ts'
import { credentialFile } from './credentials/credential-file.ts'
import { NodeCredentials } from './credentials/node-credentials.ts'
import { loadNodeKey } from './credentials/node-key.ts'
import { createControlPlane } from './control-plane.ts'
import { operateNode } from './operation/operate-node.ts'
import { LiveFacts } from './live-facts.ts'
import { DataNode } from './data-node.ts'
import { metricsText } from '../../shared/metrics/metrics-text.ts'
import { nodeMetrics } from './node-metrics.ts'
import { SnapshotStore } from './snapshot-store.ts'
import { takePlace } from './take-place.ts'
import { WorkerProcesses } from './worker-processes.ts'

/** How long a step that has begun may take when the node is handed over. */
const HAND_OVER_MS = 2_000

/** A data node that serves, or waits for its first configuration. */
export interface RunningNode {
  reload(): void
  /** Not ready any more; after the delay the ports close and open requests end. */
  stop(): Promise<void>
  /** Comes to a point where the worker process can serve on without this one. */
  handOver(): Promise<void>
}

/**
 * Starts everything in order: locks, ports, the last good configuration, then the control plane.
 * Resolves when the node serves, or when there is nothing to serve yet.
 * @throws Error with one clear line when the node may not start.
 */
export async function startNode(env: NodeEnvironment, log: Log): Promise<RunningNode> {
  const startedAt = new Date()
  const version = readVersion()
  const place = await takePlace(env, log)
  const store = new SnapshotStore(env.dataDir, log)
  const controlPlane = createControlPlane({ url: env.controlPlaneUrl, token: env.nodeToken, version })
  const outbox = new AckOutbox(controlPlane, log)
  const processes = new WorkerProcesses(workerSettings(env), log, () => node.wake())
  const live = new LiveFacts(processes, () => node.wake(true))
  const review = new CertificateReview(log)
  const node = new DataNode({
    ports: place.ports,
    processes,
    live,
    issues: ({ candidate, endpoints }) => [...portIssues(endpoints, place.ports), ...review.issues(candidate.snapshot.content, live.secrets)],
    store: ({ snapshot, verifiedAt }) => store.save({ snapshot, verifiedAt }),
    report(ack) {
      outbox.put(ack)
      if (ack.result === 'refused') return
      void place.orphans.relieve()
      link?.readHealth()
    },
    log
  })
  const credentials = new NodeCredentials({ controlPlane, file: credentialFile(env.dataDir), key: loadNodeKey(env.dataDir), changed: (secrets) => live.useSecrets(secrets), log })
  const operation = operateNode({ env, controlPlane, live, node, log })
  let isDraining = false
  let link: ControlPlaneLink | null = null
  const admin = await startAdminServer({
    ...env.metricsAddr,
    notReady: () => isDraining ? 'draining' : operation.isDrained ? 'drained' : node.notServing,
    facts: () => ({ revision: node.serving?.revision ?? 0, source: node.source }),
    targets: () => ({ ejected: processes.stats().ejections, unhealthy: live.unhealthy(), operated: live.operated(), events: processes.targetEvents() }),
    requests: () => processes.recent(),
    metrics: async () => metricsText(nodeMetrics({ node, unusableCertificates: review.found, ports: place.ports, outbox, link, refusedFiles: store.refused, served: await processes.traffic() }))
  })
  await credentials.load()
  await operation.load()
  const stored = await store.load()
  if (stored !== null) node.offer(stored)
  await node.start()
  link = linkToControlPlane({ env, controlPlane, node, ports: place.ports, live, processes, ask: (question) => processes.ask(question), outbox, credentials, operation, version, startedAt, isDraining: () => isDraining, log })
  return {
    reload: () => node.reload(),
    async stop() {
      isDraining = true
      link.beat()
      await sleep(env.shutdownDelaySeconds * 1000)
      link.stop()
      await node.stop()
      outbox.stop()
      admin.stop()
      place.release()
    },
    async handOver() {
      link.stop()
      await Promise.race([node.whenIdle(), sleep(HAND_OVER_MS)])
    }
  }
}

function workerSettings(env: NodeEnvironment): WorkerSettings {
  const { nodeId, logLevel, threads, threadStallSeconds, drainSeconds, orphanSeconds, dataDir, memoryLimitMb, accessLog } = env
  return { nodeId, logLevel, threads, threadStallSeconds, drainSeconds, orphanSeconds, dataDir, memoryLimitMb, accessLog, ejections: [] }
}

function readVersion(): string {
  const { version } = JSON.parse(fs.readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}
