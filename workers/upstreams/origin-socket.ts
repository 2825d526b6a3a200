import net from 'node:net'

/**
 * A socket to an origin that does not give up what the origin already sent when a write fails. An origin that answers early
 * (413, say) and closes resets the connection on the next write; Node would destroy the socket before the answer that lies
 * in the kernel's buffer is read. So the end waits for one turn of reading.
 */
export class OriginSocket extends net.Socket {
  #isEnding = false

  override destroy(error?: NodeJS.ErrnoException): this {
    if (error?.syscall !== 'write' || this.#isEnding) return super.destroy(error)
    this.#isEnding = true
    setImmediate(() => setImmediate(() => super.destroy(error)))
    return this
  }
}
