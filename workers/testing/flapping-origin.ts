import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'

/** An origin that answers, or resets every request, as it is told. */
export interface FlappingOrigin {
  readonly address: string
  isWell: boolean
  stop(): Promise<void>
}

export async function startFlappingOrigin(isWell: boolean): Promise<FlappingOrigin> {
  const server = http.createServer((request, response) => {
    if (origin.isWell) response.end('well')
    else request.socket.resetAndDestroy()
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin: FlappingOrigin = {
    address: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    isWell,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
  return origin
}
