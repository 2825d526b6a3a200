import { once } from 'node:events'
import net from 'node:net'

/** A TCP port in front of another one that can refuse or swallow what comes. */
export interface TcpGate {
  port: number
  /** `open` passes everything on, `shut` refuses and cuts, `hung` keeps connections and passes nothing on. */
  set(state: 'open' | 'shut' | 'hung'): Promise<void>
  stop(): Promise<void>
}

/** Starts open on `port`, or on a free one. */
export async function startTcpGate(target: { host: string; port: number }): Promise<TcpGate> {
  const sockets = new Set<net.Socket>()
  let isHung = false
  const server = net.createServer((near) => {
    const far = net.connect(target)
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from)
      from.on('data', (data) => void to.write(data))
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      if (isHung) from.pause()
    }
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const shut = async () => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    await closed
  }
  await listen(0)
  const { port } = server.address() as net.AddressInfo
  return {
    port,
    async set(state) {
      isHung = state === 'hung'
      if (state === 'shut') return shut()
      for (const socket of sockets) {
        if (isHung) socket.pause()
        else socket.resume()
      }
      if (!server.listening) await listen(port)
    },
    stop: shut
  }
}
