import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { contentOf } from '../../shared/testing/content.ts'
import { createNodePlace } from '../../workers/testing/data-node-process.ts'
import { startNodeApiServer } from '../../workers/testing/node-api-server.ts'
import { projectRoot } from '../project-root.ts'
import type { ProxyPlan, RunningProxy } from './contestant.ts'

const IDLE_TIMEOUT_MS = 600_000

/** A data node of one thread with every preset of the product, and a route for each path prefix, applied. */
export async function startBenchedGateway({ originPort, prefixes }: ProxyPlan): Promise<RunningProxy> {
  const api = await startNodeApiServer()
  const place = await createNodePlace(api.url)
  const stop = async (): Promise<void> => {
    await place.clear()
    await api.stop()
  }
  try {
    const node = await place.start({ THREADS: '1', LOG_LEVEL: 'warn', ORPHAN_SECONDS: '1' })
    const port = place.ports.from
    const ack = await api.publishAndWait(contentOf({
      listeners: [{ port, limits: { idleTimeoutMs: IDLE_TIMEOUT_MS } }],
      upstreams: [{ targets: [{ id: 'origin', address: `http://127.0.0.1:${originPort}` }] }],
      routes: prefixes.map((value) => ({ name: value, match: { path: { type: 'prefix', value } } }))
    }))
    if (ack.result !== 'applied') throw new Error(`the benchmark's configuration was ${ack.result}: ${JSON.stringify([...ack.issues, ...ack.threads])}`)
    return { port, pid: node.pid, workerPid: node.workers()[0] ?? node.pid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export function gatewayVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as { version: string }
  try {
    return `${version} (${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: projectRoot, encoding: 'utf8' }).trim()})`
  } catch {
    return version
  }
}
