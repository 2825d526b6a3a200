import type { Ack, Desired, Heartbeat } from '../../shared/schema/node-api.ts'
import type { ApiCall } from './api-client.ts'
import type { ControlPlane } from './control-plane.ts'
import { created } from './drafts.ts'

/** Enrols a data node and gives a client with its token. */
export async function enrolNode(plane: ControlPlane, id: string): Promise<ApiCall> {
  return plane.withToken((await created(plane.as.admin, '/nodes', { id })).token)
}

/** A heartbeat of a healthy node. */
export function heartbeatOf(serving: Desired | null, more: Partial<Heartbeat> = {}): Heartbeat {
  return {
    startedAt: new Date().toISOString(),
    version: '0.1.0',
    schemaVersions: [1],
    labels: {},
    threads: 2,
    serving,
    source: serving === null ? 'none' : 'control-plane',
    httpPortRange: '20000-20100',
    httpsPortRange: '',
    ports: [],
    connections: 0,
    requests: 0,
    rssBytes: 1,
    eventLoopDelayMs: 1,
    draining: false,
    ...more
  }
}

/** What a node reports about a snapshot that every thread applied. */
export function ackOf(desired: Desired, more: Partial<Ack> = {}): Ack {
  const at = new Date().toISOString()
  const threads = [0, 1].map((thread) => ({ thread, result: 'applied' as const, preparedInMs: 1.5, at, issues: [] }))
  return { ...desired, result: 'applied', issues: [], threads, persisted: true, verifiedAt: at, at, ...more }
}
