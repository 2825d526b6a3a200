import http from 'node:http'
import WebSocket, { WebSocketServer } from 'ws'
import { eventually } from '../../../scripts/system/support/eventually.ts'
import { type Origin, startOrigin } from '../../../scripts/system/support/origin.ts'
import { startSystem, type System } from '../../../scripts/system/support/system.ts'
import { writePastTraffic } from './past-traffic.ts'
import { startProposing } from './proposing.ts'

/** A fleet with something on every page: a node and one that was never started, three tenants, certificates, traffic, a draft that differs. */
export interface ExampleFleet {
  system: System
  /** Answers with 200 or 500, in a mixture that a person would look at. */
  sendTraffic(seconds: number): Promise<void>
  /** A path of the list of pages, with the id of an example in place of `:proposal`. */
  pathOf(path: string): string
  stop(): Promise<void>
}

const TEAMS = ['orders', 'billing', 'search', 'identity-and-access-management', 'media', 'reports']

export async function startExampleFleet(): Promise<ExampleFleet> {
  const origins = [await startOrigin('blue'), await startOrigin('green')]
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  sockets.on('connection', (socket) => socket.on('message', (message) => socket.send(message)))
  const system = await startSystem({ nodes: 1 })
  await system.startJobs()
  await eventually('the node reported', async () => (await system.api.must('GET', '/nodes')).items[0]?.heartbeat)
  const port = system.nodes[0]?.ports.from ?? 0
  const proposalId = await configure(system, origins, (sockets.address() as { port: number }).port, port)
  await writePastTraffic(system.databaseUrl, 'node-1')
  await system.api.must('POST', '/nodes', { id: 'node-2' })
  const clients = await Promise.all(['a', 'b', 'c'].map((name) => connect(`ws://127.0.0.1:${port}/live/${name}`)))
  return {
    system,
    pathOf: (path) => path.replace(':proposal', proposalId),
    async sendTraffic(seconds) {
      const until = Date.now() + seconds * 1000
      while (Date.now() < until) {
        const paths = [...TEAMS.map((team) => `/${team}/items?page=1`), '/nowhere/at/all']
        await Promise.all(paths.map((path) => get(port, path, `${path.split('/')[1]}.example.com`)))
        for (const client of clients) client.send('tick')
      }
    },
    async stop() {
      for (const client of clients) client.terminate()
      sockets.close()
      await system.stop()
      await Promise.all(origins.map((origin) => origin.stop()))
    }
  }
}

/** fetch() lets nobody choose the Host. */
function get(port: number, path: string, host: string): Promise<void> {
  return new Promise((resolve) => {
    http.get({ port, host: '127.0.0.1', path, headers: { host } }, (answer) => answer.resume().once('end', resolve)).once('error', () => resolve())
  })
}

async function connect(url: string): Promise<WebSocket> {
  const [client] = await eventually('a WebSocket opens', () => new Promise<[WebSocket] | null>((resolve) => {
    const socket = new WebSocket(url)
    socket.once('open', () => resolve([socket]))
    socket.once('error', () => resolve(null))
  }))
  return client
}

/** @returns the id of a proposal that waits. */
async function configure(system: System, origins: readonly Origin[], socketPort: number, port: number): Promise<string> {
  const { api, applied } = system
  const listener = await api.must('POST', '/listeners', { name: 'public', description: 'What clients of all teams use', protocol: 'http', port, accessLog: 'sampled' })
  await api.must('POST', '/listeners', { name: 'internal', protocol: 'http', port: port + 1 })
  const upstreams: { id: string }[] = []
  for (const team of TEAMS) {
    const targets = origins.map(({ url }, index) => ({ id: `${team}-${index + 1}`, address: url, weight: index + 1 }))
    const upstream = await api.must('POST', '/upstreams', { name: team, targets, ...(team === 'billing' ? { tenantCode: 'billing', healthCheck: { active: { enabled: true, path: '/', intervalSeconds: 5 } } } : {}) })
    upstreams.push(upstream)
    await api.must('POST', '/routes', { name: `${team}-api`, ...(team === 'billing' ? { tenantCode: 'billing' } : { isGlobal: true }), listenerIds: [listener.id], match: { hosts: [`${team}.example.com`], path: { type: 'prefix', value: `/${team}` } }, upstreamId: upstream.id, transforms: [{ RequestHeader: 'X-Team', Set: team }] })
  }
  const live = await api.must('POST', '/upstreams', { name: 'live-updates', targets: [{ id: 'push', address: `http://127.0.0.1:${socketPort}` }] })
  await api.must('POST', '/routes', { name: 'live-updates', isGlobal: true, match: { path: { type: 'prefix', value: '/live' }, websocket: true }, upstreamId: live.id })
  await api.must('POST', '/routes', { name: 'old-shop', isGlobal: true, match: { hosts: ['old.example.com'] }, redirect: { to: 'https://shop.example.com{path}', status: 308 } })
  await api.must('POST', '/routes', { name: 'everything-else', description: 'A page for who is lost', isGlobal: true, priority: -100, match: { path: { type: 'prefix', value: '/' } }, respond: { status: 404, body: 'Nothing here' } })
  for (const [name, days] of [['shop.example.com', 400], ['api.example.com', 20], ['a-rather-long-name-of-a-service-in-a-region.eu-central-1.example.com', 120]] as const) await api.must('POST', '/self-signed-certificates', { name, domains: [name, `*.${name}`], days })
  await api.must('POST', '/secrets', { name: 'billing-api-key', description: 'For the billing origin', value: 'not-shown-to-anybody' })
  await publish('First routes of every team')
  await api.patch(`/upstreams/${upstreams[0]?.id}`, { loadBalancing: 'LeastRequests' })
  await publish('Orders: fewest requests first')
  await api.must('POST', '/config/rollback', { revision: 1, note: 'Orders were slower' })
  await applied(3)
  await api.must('POST', '/config/discard', {})
  const proposing = await startProposing(system)
  await api.patch(`/upstreams/${upstreams[3]?.id}`, { loadBalancing: 'RoundRobin' })
  await proposing.approved('Identity: one after the other')
  await applied(4)
  await api.patch(`/upstreams/${upstreams[2]?.id}`, { slowStartSeconds: 30, description: 'Warms its caches first' })
  await api.must('POST', '/routes', { name: 'search-beta', isGlobal: true, match: { hosts: ['search.example.com'], path: { type: 'prefix', value: '/search/beta' } }, upstreamId: upstreams[2]?.id })
  await proposing.rejected('Search: a beta', 'After the sale has ended, please')
  return proposing.ended('Search: a beta, and warm caches first')

  async function publish(note: string): Promise<void> {
    const { status, body } = await api.publish(note)
    if (status !== 201) throw new Error(`publish answered ${status}: ${JSON.stringify(body)}`)
    await applied(body.revision)
  }
}
