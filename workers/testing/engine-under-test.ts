import { once } from 'node:events'
import net from 'node:net'
import { decodeContent } from '../../shared/snapshot/decode-snapshot.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { createEngine, type Engine } from '../proxy/engine.ts'
import { createSharedCounters } from '../state/shared-counters.ts'
import { TargetRows } from '../state/target-rows.ts'

/** An engine on a real port, in the test's own process. */
export interface EngineUnderTest {
  readonly engine: Engine
  readonly port: number
  /** Prepares and commits another configuration. */
  apply(configuration: TestConfiguration): void
  stop(): Promise<void>
}

export interface TestConfiguration {
  /** Addresses of the one upstream's targets. */
  targets: string[]
  listener?: object
  upstream?: object
  route?: object
  /** More routes, each over the default one on "/". */
  routes?: object[]
}

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const quiet = { info() {}, warn() {}, error() {} }

/** Starts an engine with one listener, one upstream and a global route on "/". */
export async function startEngine(configuration: TestConfiguration): Promise<EngineUnderTest> {
  const engine = createEngine({ thread: 0, threads: 1, counters: createSharedCounters(1), log: quiet })
  const rows = new TargetRows()
  const server = net.createServer({ noDelay: true, pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.on('connection', (socket) => engine.accept(socket, { address: '0.0.0.0', port, protocol: 'http' }))
  let revision = 0
  const apply = (wanted: TestConfiguration) => {
    const decoded = decodeContent(contentOf(wanted, port))
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.issues))
    const snapshot = { epoch: id(9), revision: ++revision, schemaVersion: 1, createdBy: 'test', createdAt: '', note: '', sha256: '', content: decoded.value }
    const issues = engine.prepare(snapshot, rows.assign(snapshot))
    if (issues.length > 0) throw new Error(JSON.stringify(issues))
    engine.commit()
  }
  apply(configuration)
  return {
    engine,
    port,
    apply,
    async stop() {
      server.close()
      await engine.drain(0)
    }
  }
}

function contentOf({ targets, listener, upstream, route, routes = [] }: TestConfiguration, port: number): { [K in keyof SnapshotContent]: object[] } {
  return {
    listeners: [{ id: id(1), name: 'web', protocol: 'http', port, ...listener }],
    upstreams: [{ id: id(2), name: 'app', targets: targets.map((address, index) => ({ id: `t${index}`, address })), ...upstream }],
    routes: [
      { id: id(3), name: 'all', isGlobal: true, match: { path: { type: 'prefix', value: '/' } }, upstreamId: id(2), ...route },
      ...routes.map((extra, index) => ({ id: id(100 + index), name: `extra ${index}`, isGlobal: true, upstreamId: id(2), ...extra }))
    ]
  }
}
