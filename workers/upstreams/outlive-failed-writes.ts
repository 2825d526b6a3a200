import type net from 'node:net'

/**
 * From now on a write that fails does not end the socket before what the other side already sent is read. An origin that
 * answers early (413, say) and closes resets the connection on the next write; Node would destroy the socket although the
 * answer lies in the kernel's buffer. So the end waits for one turn of reading.
 */
export function outliveFailedWrites(socket: net.Socket): void {
  const destroy = socket.destroy.bind(socket)
  let isEnding = false
  socket.destroy = (error?: NodeJS.ErrnoException) => {
    if (error?.syscall !== 'write' || isEnding) return destroy(error)
    isEnding = true
    setImmediate(() => setImmediate(() => destroy(error)))
    return socket
  }
}
