import { once } from 'node:events'
import net from 'node:net'

/** Client connections that are opened and held. */
export interface HeldConnections {
  /** That are open now, as far as this side knows. */
  readonly open: number
  /** Opens `count` more, so many at a time, and sends `request` on each. Resolves when each was answered or closed. */
  add(count: number, atOnce: number): Promise<void>
  /** Begins to open `count` more without waiting for anything. */
  press(count: number): void
  /** Sends `request` on every open connection. @returns how many were answered. */
  askAll(atOnce: number): Promise<number>
  close(): void
}

/** `request` is a whole request whose answer is short. `open` makes a connection that writes as soon as it can. */
export function holdConnections(port: number, request: string, open = () => net.connect({ port, host: '127.0.0.1', noDelay: true })): HeldConnections {
  const sockets = new Set<net.Socket>()
  const connect = (): net.Socket => {
    const socket = open()
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    return socket
  }
  const ask = async (socket: net.Socket): Promise<boolean> => {
    socket.write(request)
    const gone = new AbortController()
    const answered = once(socket, 'data', { signal: gone.signal }).then(() => true, () => false)
    socket.once('close', () => gone.abort())
    return answered
  }
  const inBatches = async (all: readonly net.Socket[] | number, atOnce: number): Promise<number> => {
    let answered = 0
    const count = typeof all === 'number' ? all : all.length
    for (let from = 0; from < count; from += atOnce) {
      const batch = Array.from({ length: Math.min(atOnce, count - from) }, (_, index) => typeof all === 'number' ? connect() : all[from + index]!)
      answered += (await Promise.all(batch.map(ask))).filter(Boolean).length
    }
    return answered
  }
  return {
    get open() {
      return sockets.size
    },
    async add(count, atOnce) {
      await inBatches(count, atOnce)
    },
    press(count) {
      for (let index = 0; index < count; index++) connect().resume()
    },
    askAll: (atOnce) => inBatches([...sockets], atOnce),
    close() {
      for (const socket of sockets) socket.destroy()
    }
  }
}
