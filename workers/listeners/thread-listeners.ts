import net from 'node:net'
import type { ListenEndpoint } from '../endpoint.ts'
import { acceptHandles, type ConnectionHandle } from './accept-handles.ts'
import type { Log } from '../log.ts'
import type { ListenAnswer } from '../messages.ts'

/** Connections that may wait in the kernel for a busy or just replaced thread. */
const BACKLOG = 4096
const ACCEPT_ERROR_LOG_MS = 5_000

/** The ports on which one thread accepts. */
export interface ThreadListeners {
  /** Listens on a bound socket. A port that is listened on already stays as it is and `socket` is closed. */
  listen(endpoint: ListenEndpoint, socket: net.Socket): Promise<ListenAnswer>
  /** Stops accepting. Open connections go on. */
  close(endpoint: ListenEndpoint): void
  closeAll(): void
  /** Takes over what changed at ports that stay open. */
  refresh(endpoints: readonly ListenEndpoint[]): void
}

interface Listening {
  endpoint: ListenEndpoint
  server: net.Server
}

/** `accept` gets the handle of every connection with the endpoint it came in on. */
export function createThreadListeners(options: {
  accept(handle: ConnectionHandle, endpoint: ListenEndpoint): void
  log: Log
}): ThreadListeners {
  const open = new Map<string, Listening>()
  const key = ({ address, port }: ListenEndpoint): string => `${address} ${port}`
  let loggedAt = -Infinity

  const acceptFailed = (endpoint: ListenEndpoint, error: Error): void => {
    // Out of file descriptors this comes for every connection.
    if (performance.now() - loggedAt < ACCEPT_ERROR_LOG_MS) return
    loggedAt = performance.now()
    options.log.error({ port: endpoint.port, err: error }, 'a connection could not be accepted')
  }

  return {
    listen(endpoint, socket) {
      if (open.has(key(endpoint))) {
        socket.destroy()
        return Promise.resolve(null)
      }
      const listening: Listening = { endpoint, server: net.createServer() }
      const { server } = listening
      return new Promise((resolve) => {
        server.once('error', (error: NodeJS.ErrnoException) => {
          socket.destroy()
          resolve({ code: error.code ?? 'UNKNOWN', message: error.message })
        })
        server.listen(socket, BACKLOG, () => {
          server.removeAllListeners('error')
          server.on('error', (error) => acceptFailed(listening.endpoint, error))
          acceptHandles(server, (handle) => options.accept(handle, listening.endpoint))
          open.set(key(endpoint), listening)
          resolve(null)
        })
      })
    },
    close(endpoint) {
      open.get(key(endpoint))?.server.close()
      open.delete(key(endpoint))
    },
    closeAll() {
      for (const { server } of open.values()) server.close()
      open.clear()
    },
    refresh(endpoints) {
      for (const endpoint of endpoints) {
        const listening = open.get(key(endpoint))
        if (listening !== undefined) listening.endpoint = endpoint
      }
    }
  }
}
