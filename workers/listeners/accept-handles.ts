import net from 'node:net'

/** The kernel's side of an accepted connection, as Node keeps it. */
export interface ConnectionHandle {
  getpeername(out: { address?: string; port?: number }): number
  close(): void
}

interface ListeningHandle {
  onconnection(status: number, handle: ConnectionHandle | undefined): void
}

/**
 * Gives out the handles of accepted connections instead of sockets: the data path wraps each one in a socket of its own kind,
 * and making another one first costs a tenth of a short connection. This is not public API; a test holds it to what it
 * must do. Must be called when the server listens.
 */
export function acceptHandles(server: net.Server, accept: (handle: ConnectionHandle) => void): void {
  const listening = (server as net.Server & { _handle: ListeningHandle })._handle
  listening.onconnection = (status, handle) => {
    if (handle !== undefined && status === 0) accept(handle)
    else server.emit('error', Object.assign(new Error(`accept failed with ${status}`), { errno: status, syscall: 'accept' }))
  }
}

/** The address of the peer; '' when it is gone already. */
export function peerAddress(handle: ConnectionHandle): string {
  const peer: { address?: string } = {}
  if (handle.getpeername(peer) !== 0 || peer.address === undefined) return ''
  return peer.address.startsWith('::ffff:') ? peer.address.slice(7) : peer.address
}

/** A plain socket around the handle. */
export function socketOf(handle: ConnectionHandle): net.Socket {
  return new net.Socket({ handle, readable: true, writable: true } as unknown as net.SocketConstructorOpts)
}
