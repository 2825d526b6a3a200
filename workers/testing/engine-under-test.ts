import { once } from 'node:events'
import net from 'node:net'
import { decodeContent } from '../../shared/snapshot/decode-snapshot.ts'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { NodeConfiguration } from '../configuration/node-configuration.ts'
import type { RuntimePart } from '../configuration/runtime-part.ts'
import { createEngine, type Engine } from '../proxy/engine.ts'
import { acceptHandles } from '../listeners/accept-handles.ts'
import { NodeSlots } from '../state/node-slots.ts'
import { createSharedMemory, type SharedMemory } from '../state/shared-memory.ts'
import type { LeaseAnswer, LeaseAsk } from '../policies/limits/lease.ts'
import type { TargetEvent } from '../target-event.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'

/** An engine on a real port, in the test's own process. */
export interface EngineUnderTest {
  readonly engine: Engine
  readonly memory: SharedMemory
  readonly port: number
  /** What happened to the health of targets. */
  readonly events: TargetEvent[]
  /** Copies of what was observed of each request. */
  readonly records: RequestRecord[]
  /** Prepares and commits another configuration. */
  apply(configuration: TestConfiguration): void
  stop(): Promise<void>
}

export interface TestConfiguration {
  /** Addresses of the one upstream's targets. */
  targets: string[]
  listener?: object
  /** More listeners, to which no connection comes. */
  listeners?: object[]
  upstream?: object
  route?: object
  /** More routes, each over the default one on "/". */
  routes?: object[]
  /** More upstreams. */
  upstreams?: object[]
  providers?: object[]
  tlsPolicies?: object[]
  policies?: object[]
}

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const quiet = { info() {}, warn() {}, error() {} }

/** Starts an engine with one listener, one upstream and a global route on "/". Several may share the memory, each as a thread of its own. */
export async function startEngine(configuration: TestConfiguration, options: { random?: () => number; memory?: SharedMemory; thread?: number; lease?: (asks: LeaseAsk[]) => Promise<LeaseAnswer[]>; challenge?: (token: string) => Promise<string | null> } = {}): Promise<EngineUnderTest> {
  const { memory = createSharedMemory(1), thread = 0, lease, challenge } = options
  const events: TargetEvent[] = []
  const records: RequestRecord[] = []
  const telemetry = { observe: (record: RequestRecord) => void records.push(Object.assign(Object.create(null) as RequestRecord, record)), tick() {}, recent: () => [] }
  const askLeases = lease === undefined ? {} : { askLeases: (asks: LeaseAsk[]) => void lease(asks).then((answers) => engine.leased(answers)) }
  const askChallenge = challenge === undefined ? {} : { askChallenge: (token: string) => void challenge(token).then((answer) => engine.challengeAnswered(token, answer)) }
  const engine: Engine = createEngine({ ...options, ...askLeases, ...askChallenge, thread, memory, telemetry, log: quiet, onTargetEvent: (event) => void events.push(event) })
  const planner = new NodeConfiguration(new NodeSlots(memory))
  const server = net.createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  acceptHandles(server, (handle) => engine.accept(handle, { address: '0.0.0.0', port, protocol: 'http' }))
  let revision = 0
  const apply = (wanted: TestConfiguration) => {
    const content = contentUnderTest(wanted, port)
    const planned = planner.plan({ epoch: id(9), revision: ++revision, schemaVersion: 1, createdBy: 'test', createdAt: '', note: '', sha256: '', content })
    engine.begin(revision, planned.base === null)
    const parts = planned.base === null ? planned.whole() : planned.changes()
    const issues = [...parts.flatMap((part) => engine.add(JSON.parse(part) as RuntimePart)), ...engine.finish()]
    if (issues.length > 0) throw new Error(JSON.stringify(issues))
    planner.commit()
    engine.commit()
  }
  apply(configuration)
  return {
    engine,
    memory,
    port,
    events,
    records,
    apply,
    async stop() {
      server.close()
      await engine.drain(0)
    }
  }
}

/** The content that such an engine serves. */
export function contentUnderTest(wanted: TestConfiguration, port: number): SnapshotContent {
  const decoded = decodeContent(contentOf(wanted, port))
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.issues))
  return decoded.value
}

function contentOf({ targets, listener, listeners = [], upstream, route, routes = [], upstreams = [], providers = [], tlsPolicies = [], policies = [] }: TestConfiguration, port: number): { [K in keyof SnapshotContent]: object[] } {
  return {
    listeners: [{ id: id(1), name: 'web', protocol: 'http', port, ...listener }, ...listeners.map((extra, index) => ({ id: id(600 + index), name: `listener ${index}`, ...extra }))],
    upstreams: [
      { id: id(2), name: 'app', targets: targets.map((address, index) => ({ id: `t${index}`, address })), ...upstream },
      ...upstreams.map((extra, index) => ({ id: id(200 + index), name: `upstream ${index}`, ...extra }))
    ],
    routes: [
      { id: id(3), name: 'all', isGlobal: true, match: { path: { type: 'prefix', value: '/' } }, upstreamId: id(2), ...route },
      ...routes.map((extra, index) => ({ id: id(100 + index), name: `extra ${index}`, isGlobal: true, upstreamId: id(2), ...extra }))
    ],
    providers: providers.map((provider, index) => ({ id: id(300 + index), name: `provider ${index}`, ...provider })),
    tlsPolicies: tlsPolicies.map((policy, index) => ({ id: id(400 + index), name: `policy ${index}`, ...policy })),
    policies: policies.map((policy, index) => ({ id: id(500 + index), name: `policy ${index}`, ...policy }))
  }
}
