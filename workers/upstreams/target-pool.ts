import type { ReadBuffers } from '../http1/read-buffer.ts'
import type { ResolvedName } from './name-resolver.ts'
import { OriginConnection, type OriginUser } from './origin-connection.ts'

/** Idle connections that one thread keeps to a target. */
const MOST_IDLE = 256

/** The connections of one thread to one target; outlives configurations while the target's address stays. */
export class TargetPool {
  readonly name: ResolvedName
  readonly port: number
  idleMs = 4000
  /** Connections that exist, idle or in use. */
  open = 0
  readonly #idle: OriginConnection[] = []
  readonly #buffers: ReadBuffers
  #nextAddress = 0
  #isRetired = false

  constructor(buffers: ReadBuffers, name: ResolvedName, port: number) {
    this.#buffers = buffers
    this.name = name
    this.port = port
  }

  /** The connection that was used last, or null. One that the origin closed meanwhile is not given out. */
  takeIdle(user: OriginUser): OriginConnection | null {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.socket.readyState !== 'open') continue
      connection.user = user
      connection.isReused = true
      return connection
    }
    return null
  }

  /** Starts a new connection, to the next of the name's addresses; null when the name has none. */
  connect(user: OriginUser, connectBy: number): OriginConnection | null {
    const { addresses } = this.name
    if (addresses.length === 0) return null
    const address = addresses[this.#nextAddress++ % addresses.length]!
    const connection = new OriginConnection(this.#buffers, address, this.port, user)
    connection.connectBy = connectBy
    this.open++
    connection.socket.once('close', () => this.open--)
    return connection
  }

  /** Takes a connection back after a whole response. `keepAliveSeconds` is what the origin said, or -1. */
  giveBack(connection: OriginConnection, now: number, keepAliveSeconds: number): void {
    connection.user = null
    const idleMs = keepAliveSeconds >= 0 ? Math.min(this.idleMs, (keepAliveSeconds - 1) * 1000) : this.idleMs
    if (idleMs <= 0 || this.#isRetired || this.#idle.length >= MOST_IDLE || connection.socket.readyState !== 'open') {
      connection.destroy()
      return
    }
    connection.idleUntil = now + idleMs
    connection.onIdleClose ??= (closed) => this.#forget(closed)
    this.#idle.push(connection)
  }

  /** Closes connections that lay idle too long; the oldest lie at the bottom. */
  sweep(now: number): void {
    while (this.#idle.length > 0 && this.#idle[0]!.idleUntil <= now) this.#idle.shift()!.destroy()
  }

  /** The target is gone: idle connections close now, those in use when they come back. */
  retire(): void {
    this.#isRetired = true
    for (const connection of this.#idle.splice(0)) connection.destroy()
  }

  #forget(connection: OriginConnection): void {
    const index = this.#idle.indexOf(connection)
    if (index !== -1) this.#idle.splice(index, 1)
  }
}
