import { once } from 'node:events'
import net from 'node:net'
import { waitUntil } from '../services/wait-until.ts'

/** Waits until something accepts connections on the port, at most 10 s. */
export function portOpens(port: number, what: string): Promise<void> {
  return waitUntil(() => accepts(port), { ms: 10_000, what: `${what} on port ${port}` })
}

async function accepts(port: number): Promise<boolean> {
  const socket = net.connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
