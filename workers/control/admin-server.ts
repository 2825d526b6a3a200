import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'

export interface AdminServerOptions {
  host: string
  port: number
  /** Null when the node serves, else why not. */
  notReady(): string | null
  /** Facts that /readyz shows beside the reason. */
  facts(): Record<string, unknown>
  metrics(): Promise<string>
  /** Targets that are out, and what happened to targets lately. */
  targets(): unknown
  /** Requests of late, some of them. */
  requests(): Promise<unknown>
}

/** The port for probes and Prometheus: /healthz, /readyz, /metrics, /targets, /requests. Rejects when it cannot be opened. */
export async function startAdminServer(options: AdminServerOptions): Promise<{ port: number; stop(): void }> {
  const server = http.createServer({ requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 8192 }, (request, response) => {
    void answer(request, options).catch((error: Error) => json(500, { error: error.message })).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' })
      response.end(request.method === 'HEAD' ? undefined : body)
    })
  })
  server.maxConnections = 100
  server.listen({ host: options.host, port: options.port, exclusive: true })
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    stop() {
      server.close()
      server.closeAllConnections()
    }
  }
}

interface Answer {
  status: number
  type: string
  body: string
}

async function answer({ method, url }: http.IncomingMessage, options: AdminServerOptions): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { error: 'only GET and HEAD' })
  switch (url?.split('?')[0]) {
    case '/healthz':
      return json(200, { healthy: true })
    case '/readyz': {
      const reason = options.notReady()
      return reason === null ? json(200, { ready: true, ...options.facts() }) : json(503, { ready: false, reason, ...options.facts() })
    }
    case '/metrics':
      return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await options.metrics() }
    case '/targets':
      return json(200, options.targets())
    case '/requests':
      return json(200, { requests: await options.requests() })
    default:
      return json(404, { error: 'there are /healthz, /readyz, /metrics, /targets and /requests' })
  }
}

function json(status: number, body: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(body)}\n` }
}
