import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Origin {
  readonly url: string
  readonly requests: { method: string; url: string; headers: http.IncomingHttpHeaders }[]
  stop(): Promise<void>
}

/** An origin that answers every request with `name`. */
export async function startOrigin(name: string, options: { keepRequests?: boolean } = {}): Promise<Origin> {
  const requests: Origin['requests'] = []
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (options.keepRequests) requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers })
    request.resume()
    response.setHeader('content-type', 'text/plain')
    response.end(name)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
