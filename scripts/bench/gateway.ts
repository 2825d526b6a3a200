import { startSystem } from '../system/support/system.ts'

export interface BenchedGateway {
  port: number
  /** The data node's primary. */
  pid: number
  stop(): Promise<void>
}

const AT_ONCE = 8

/** The whole product with one data node of one thread, and a route for each path prefix, published and applied. */
export async function startBenchedGateway(originPort: number, prefixes: readonly string[]): Promise<BenchedGateway> {
  const system = await startSystem({ nodeEnv: { THREADS: '1', LOG_LEVEL: 'warn' } })
  try {
    const node = system.nodes[0]
    if (node === undefined) throw new Error('the system has no data node')
    const port = node.ports.from
    const { api } = system
    const listener: { id: string } = await api.must('POST', '/listeners', { name: 'bench', protocol: 'http', port })
    const upstream: { id: string } = await api.must('POST', '/upstreams', { name: 'bench', targets: [{ id: 'origin', address: `http://127.0.0.1:${originPort}` }] })
    for (let from = 0; from < prefixes.length; from += AT_ONCE) {
      await Promise.all(prefixes.slice(from, from + AT_ONCE).map((value) => api.must('POST', '/routes', {
        name: value, isGlobal: true, listenerIds: [listener.id], upstreamId: upstream.id, match: { path: { type: 'prefix', value } }
      })))
    }
    const published = await api.publish('benchmark')
    if (published.status !== 201) throw new Error(`the benchmark's configuration was refused: ${JSON.stringify(published.body)}`)
    await system.applied((published.body as { revision: number }).revision, 30_000)
    return { port, pid: node.service.pid, stop: () => system.stop() }
  } catch (error) {
    await system.stop()
    throw error
  }
}
