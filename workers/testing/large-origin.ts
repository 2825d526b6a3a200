import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'

/** An origin that answers everything with one large body, as fast as it is read. */
export interface LargeOrigin {
  readonly address: string
  /** Requests so far. */
  readonly asked: number
  /** Answers under way. */
  readonly open: number
  /** Answers that were broken off. */
  readonly cut: number
  stop(): Promise<void>
}

export async function startLargeOrigin(bytes: number): Promise<LargeOrigin> {
  const piece = Buffer.alloc(65_536, 'x')
  let asked = 0
  let open = 0
  let cut = 0
  const server = http.createServer((request, response) => {
    let left = bytes
    asked++
    open++
    response.once('close', () => {
      open--
      if (!response.writableFinished) cut++
    })
    const send = (): void => {
      while (left > 0 && !response.destroyed) {
        const part = left < piece.length ? piece.subarray(0, left) : piece
        left -= part.length
        if (!response.write(part)) return
      }
      if (left === 0) response.end()
    }
    request.resume()
    response.writeHead(200, { 'content-length': bytes }).on('drain', send)
    send()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    get asked() {
      return asked
    },
    get open() {
      return open
    },
    get cut() {
      return cut
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
}
