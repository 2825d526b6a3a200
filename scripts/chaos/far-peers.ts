import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

// Runs on the far side: `node far-peers.ts`. Serves WebSockets, says where, and opens some when it is told to.

const server = createServer()
new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
server.listen(0, '0.0.0.0')
await once(server, 'listening')
process.send?.({ port: (server.address() as AddressInfo).port })

process.on('message', async ({ url, count }: { url: string; count: number }) => {
  await Promise.all(Array.from({ length: count }, () => once(new WebSocket(url), 'open')))
  process.send?.({ opened: count })
})
process.on('disconnect', () => process.exit())
