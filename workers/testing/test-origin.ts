import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'
import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { contentOf, type Given } from '../../shared/testing/content.ts'

export interface TestOrigin {
  readonly address: string
  stop(): Promise<void>
}

/** An origin that answers everything with one body, `/after/MS` after so many milliseconds. */
export async function startOrigin(body: string): Promise<TestOrigin> {
  const server = http.createServer((request, response) => {
    const ms = Number(/^\/after\/(\d+)/.exec(request.url ?? '')?.[1] ?? 0)
    if (ms > 0) setTimeout(() => response.end(body), ms)
    else response.end(body)
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    async stop() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    }
  }
}

/** Everything that comes in on `listeners` (ports, or whole listeners) goes to `origin`. */
export function contentFor(origin: Pick<TestOrigin, 'address'>, listeners: readonly (number | Given)[]): SnapshotContent {
  return contentOf({
    listeners: listeners.map((given) => typeof given === 'number' ? { port: given } : given),
    upstreams: [{ targets: [{ id: 'a', address: origin.address }] }],
    routes: [{ match: { path: { type: 'prefix', value: '/' } } }]
  })
}
