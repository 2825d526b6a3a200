import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'

/**
 * When a client gives up. Before the answer it must reset: a client that only sends its FIN may still want the answer
 * (half-closed, RFC 9112 section 9.6).
 */
export const ABORTS = ['before the answer', 'in a download, by reset', 'in a download, by closing', 'in an upload, by reset', 'in an upload, by closing', 'behind an upload'] as const
export type AbortKind = (typeof ABORTS)[number]

/** An origin that answers /download with a body that never ends, and everything else never. */
export interface AbortedOrigin {
  readonly address: string
  /** Requests that are under way. */
  readonly open: number
  /** The request with this id is there; @returns a promise of its end at the origin. */
  arrival(id: string): Promise<{ gone: Promise<void> }>
  stop(): Promise<void>
}

export async function startAbortedOrigin(): Promise<AbortedOrigin> {
  const arrivals = new Map<string, (arrival: { gone: Promise<void> }) => void>()
  const piece = Buffer.alloc(16_384, 'x')
  let open = 0
  const server = http.createServer((request, response) => {
    open++
    const gone = new Promise<void>((resolve) => response.once('close', () => {
      open--
      resolve()
    }))
    const url = new URL(request.url ?? '', 'http://origin')
    request.on('error', () => {})
    request.resume()
    if (url.searchParams.has('download')) {
      const send = (): void => {
        while (!response.destroyed && response.write(piece));
      }
      response.on('drain', send)
      send()
    }
    arrivals.get(url.searchParams.get('id') ?? '')?.({ gone })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    get open() {
      return open
    },
    arrival(id) {
      return new Promise((resolve) => arrivals.set(id, (arrival) => {
        arrivals.delete(id)
        resolve(arrival)
      }))
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
}

/** Sends a request on `path`, gives up when the origin has it, and waits for the origin to notice. @returns how long that took, in milliseconds. */
export async function abortRequest(port: number, path: string, kind: AbortKind, id: string, origin: AbortedOrigin): Promise<number> {
  const isUpload = kind.includes('upload')
  const arrival = origin.arrival(id)
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  const received = kind.startsWith('in a download') ? once(socket, 'data') : null
  socket.write(`${isUpload ? 'POST' : 'GET'} ${path}?id=${id}${received ? '&download' : ''} HTTP/1.1\r\nHost: a\r\n${isUpload ? 'Content-Length: 100000\r\n' : ''}\r\n`)
  if (isUpload) socket.write('x'.repeat(kind.startsWith('behind') ? 100_000 : 50_000))
  const { gone } = await arrival
  await received
  const from = performance.now()
  if (kind.endsWith('by closing')) socket.destroy()
  else socket.resetAndDestroy()
  await gone
  return performance.now() - from
}
