import { once } from 'node:events'
import net from 'node:net'
import { RawClient } from './raw-client.ts'

/** One connection from the gateway, as the origin sees it. */
export type OriginPeer = RawClient

/** An origin that does exactly what a test says, byte by byte. */
export interface ScriptedOrigin {
  readonly url: string
  readonly port: number
  /** Every connection so far. */
  readonly peers: OriginPeer[]
  /** Waits for the n-th connection, from 0. */
  peer(index: number): Promise<OriginPeer>
  stop(): Promise<void>
}

/** `onPeer` plays each connection; without it the test plays them through peer(). */
export async function startScriptedOrigin(onPeer?: (peer: OriginPeer, index: number) => void): Promise<ScriptedOrigin> {
  const peers: OriginPeer[] = []
  const waiting: (() => void)[] = []
  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const peer = new RawClient(socket)
    peers.push(peer)
    onPeer?.(peer, peers.length - 1)
    for (const go of waiting.splice(0)) go()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    peers,
    async peer(index) {
      const timer = setTimeout(() => waiting.splice(0).forEach((go) => go()), 5_000)
      while (peers[index] === undefined) {
        await new Promise<void>((resolve) => waiting.push(resolve))
        if (peers[index] === undefined && waiting.length === 0 && peers.length <= index) throw new Error(`the origin has ${peers.length} connections, not ${index + 1}`)
      }
      clearTimeout(timer)
      return peers[index]!
    },
    async stop() {
      for (const peer of peers) peer.destroy()
      server.close()
      await once(server, 'close')
    }
  }
}

/** Answers every request head on every connection with the same bytes. Requests must have no body. */
export function answering(response: string | ((head: string, index: number) => string)): (peer: OriginPeer) => void {
  let index = 0
  return (peer) => {
    peer.socket.on('data', () => {
      for (let end = peer.received.indexOf('\r\n\r\n'); end !== -1; end = peer.received.indexOf('\r\n\r\n')) {
        const head = peer.received.slice(0, end + 4)
        peer.received = peer.received.slice(end + 4)
        peer.send(typeof response === 'string' ? response : response(head, index++))
      }
    })
  }
}

/** A plain 200 with this body. */
export function ok(body: string, fields = ''): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`
}
