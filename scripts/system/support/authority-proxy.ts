import { once } from 'node:events'
import type http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Stands between control-jobs and a certificate authority: counts what is ordered, and fails as it is told. */
export interface AuthorityProxy {
  directoryUrl: string
  /** The names of each order that the authority took, one after the other. */
  orders: string[]
  /** Refuses so many orders with 429. */
  refuseOrders(count: number): void
  /** The window in which certificates are to be renewed (RFC 9773); null: the authority knows no such thing. */
  renewalWindow: { start: Date; end: Date } | null
  /** Certificates whose window was asked for. */
  asked: string[]
  stop(): Promise<void>
}

/** `authorityPort`: of an authority on this machine, which writes its URLs by the Host header. */
export async function startAuthorityProxy(authorityPort: number, credential: { certificatePem: string; privateKeyPem: string }): Promise<AuthorityProxy> {
  let toRefuse = 0
  const server = https.createServer({ cert: credential.certificatePem, key: credential.privateKeyPem }, (request, response) => void answer(request, response).catch(() => response.destroy()))
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const body = await buffer(request)
    const path = request.url ?? '/'
    if (path.startsWith('/renewal-info/')) return windowOf(path.split('/').at(-1)!, response)
    const isOrder = request.method === 'POST' && path === '/order-plz'
    if (isOrder && toRefuse > 0) {
      toRefuse--
      return void response.writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': new Date(Date.now() + 120_000).toUTCString(), 'replay-nonce': 'none' }).end(JSON.stringify({ type: 'urn:ietf:params:acme:error:rateLimited', detail: 'too many orders, come back later' }))
    }
    const upstream = https.request({ host: 'localhost', port: authorityPort, path, method: request.method, headers: request.headers, rejectUnauthorized: false })
    upstream.on('error', () => response.destroy())
    upstream.end(body)
    const [answered] = (await once(upstream, 'response')) as [http.IncomingMessage]
    if (isOrder && answered.statusCode === 201) proxy.orders.push(namesIn(body))
    if (path !== '/dir' || proxy.renewalWindow === null) return void answered.pipe(response.writeHead(answered.statusCode ?? 502, answered.headers))
    const directory = JSON.parse((await buffer(answered)).toString()) as object
    response.end(JSON.stringify({ ...directory, renewalInfo: `${origin()}/renewal-info` }))
  }
  const windowOf = (id: string, response: http.ServerResponse): void => {
    proxy.asked.push(id)
    const { start, end } = proxy.renewalWindow!
    response.writeHead(200, { 'content-type': 'application/json', 'retry-after': '60' }).end(JSON.stringify({ suggestedWindow: { start, end } }))
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = (): string => `https://localhost:${(server.address() as AddressInfo).port}`
  const proxy: AuthorityProxy = {
    directoryUrl: `${origin()}/dir`,
    orders: [],
    asked: [],
    renewalWindow: null,
    refuseOrders(count) {
      toRefuse = count
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
  return proxy
}

/** The names in the payload of a signed order (RFC 7515, RFC 8555 section 7.4). */
function namesIn(body: Buffer): string {
  const { payload } = JSON.parse(body.toString()) as { payload: string }
  const { identifiers } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { identifiers: { value: string }[] }
  return identifiers.map(({ value }) => value).join()
}
