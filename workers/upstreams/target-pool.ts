import type { OpenSockets } from '../state/open-sockets.ts'
import type { TargetRow } from '../state/target-row.ts'
import type { ResolvedName } from './name-resolver.ts'
import type { Dialer } from './dialer.ts'
import type { Origin, OriginUser } from './origin.ts'

/** Idle connections that one thread keeps to a target. */
const MOST_IDLE = 256
/** An address that could not be connected to is left alone for this long, when there are others. */
const AVOID_MS = 10_000

/** What the configuration says about the connections of a target. */
export interface PoolSettings {
  readonly idleMs: number
  /** Most connections of the node; 0: no limit. */
  readonly maxPerTarget: number
  /** Most requests of the node that wait for a connection. */
  readonly queueMax: number
}

/** A request that waits for a connection. */
export interface PoolWaiter {
  readonly settings: PoolSettings
  readonly user: OriginUser
  /** A kept connection came free. */
  onIdle(connection: Origin): void
  /** A new connection may be opened: a place is reserved for it. */
  onPlace(pool: TargetPool): void
}

/** The connections of one thread to one target; outlives configurations while the target's address stays. */
export class TargetPool {
  readonly name: ResolvedName
  readonly port: number
  readonly row: TargetRow
  readonly #dialer: Dialer
  readonly #idle: Origin[] = []
  readonly #sockets: OpenSockets
  readonly #waiting: PoolWaiter[] = []
  #avoided: Map<string, number> | null = null
  #nextAddress = 0
  #isRetired = false
  #isServing = false
  /** Connections of this thread that exist, idle or in use. */
  open = 0
  /** Why TLS failed last, for people; '' when it never did. */
  lastTlsError = ''

  constructor(dialer: Dialer, sockets: OpenSockets, name: ResolvedName, port: number, row: TargetRow) {
    this.#dialer = dialer
    this.#sockets = sockets
    this.name = name
    this.port = port
    this.row = row
  }

  /** The certificate that has to be shown to the target is there. */
  get isReady(): boolean {
    return this.#dialer.isReady
  }

  get isSecure(): boolean {
    return this.#dialer.isSecure
  }

  /** The connection that was used last, or null; none that lay longer than `youngMs` or than it may, or that the origin closed meanwhile. */
  takeIdle(user: OriginUser, now: number, youngMs: number): Origin | null {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (!connection.isAlive) continue
      if (now >= connection.idleUntil || !this.#isCurrent(connection)) {
        connection.destroy()
        continue
      }
      if (now - connection.idleSince > youngMs) {
        this.#idle.push(connection)
        return null
      }
      connection.user = user
      connection.isReused = true
      return connection
    }
    return null
  }

  /** Whether a new connection may be opened; the caller then must call connect() or release(). */
  reserve({ maxPerTarget }: PoolSettings): boolean {
    if (this.row.reserveConnection(maxPerTarget)) return true
    // A connection that this request may not use, because it lay too long, makes room.
    const old = this.#idle.shift()
    if (old === undefined) return false
    old.destroy()
    return this.row.reserveConnection(maxPerTarget)
  }

  /** Opens a reserved connection, to the next of the name's addresses; the name must have one. `needsHttp1`: for an upgrade. */
  connect(user: OriginUser, now: number, needsHttp1: boolean): Origin {
    const connection = this.#dialer.dial(this.#address(now), this.port, user, needsHttp1)
    this.open++
    if (connection.isConnection) this.#sockets.open()
    connection.onGone = (gone) => this.#onGone(gone)
    return connection
  }

  /** Gives a reservation back that was not used. */
  release(): void {
    this.row.releaseConnection()
    this.#serveWaiting()
  }

  /** The address did not take a connection. */
  avoid(address: string, now: number): void {
    if (this.name.addresses.length > 1) (this.#avoided ??= new Map()).set(address, now + AVOID_MS)
  }

  /** Waits for a turn. False when as many as may wait do so already. */
  wait(waiter: PoolWaiter): boolean {
    if (!this.row.startWaiting(waiter.settings.queueMax)) return false
    this.#waiting.push(waiter)
    return true
  }

  stopWaiting(waiter: PoolWaiter): void {
    const index = this.#waiting.indexOf(waiter)
    if (index === -1) return
    this.#waiting.splice(index, 1)
    this.row.stopWaiting()
  }

  /** Takes a connection back after a whole response. `keepAliveSeconds` is what the origin said, or -1. */
  giveBack(connection: Origin, now: number, keepAliveSeconds: number, settings: PoolSettings): void {
    connection.user = null
    const idleMs = keepAliveSeconds >= 0 ? Math.min(settings.idleMs, (keepAliveSeconds - 1) * 1000) : settings.idleMs
    const isWantedElsewhere = this.#waiting.length === 0 && this.row.waiting > 0
    if (!connection.isConnection) return connection.finish()
    if (idleMs <= 0 || isWantedElsewhere || this.#isRetired || !this.#isCurrent(connection) || this.#idle.length >= MOST_IDLE || !connection.isAlive) {
      connection.destroy()
      return
    }
    connection.idleUntil = now + idleMs
    connection.idleSince = now
    this.#idle.push(connection)
    this.#serveWaiting()
  }

  /** Closes connections that lay idle too long, the oldest lie at the bottom, and those that others of the node wait for. */
  sweep(now: number): void {
    while (this.#idle.length > 0 && this.#idle[0]!.idleUntil <= now) this.#idle.shift()!.destroy()
    this.#dialer.sweep(now)
    if (this.row.waiting === 0) return
    for (let wanted = this.row.waiting - this.#waiting.length; wanted > 0 && this.#idle.length > 0; wanted--) this.#idle.shift()!.destroy()
    this.#serveWaiting()
  }

  /** The target is gone: idle connections close now, those in use when they come back. */
  retire(): void {
    this.#isRetired = true
    this.#dialer.retire()
    for (const connection of this.#idle.splice(0)) connection.destroy()
  }

  /** Those that wait get idle connections and free places, one after the other, until there are no more. */
  #serveWaiting(): void {
    // A turn that fails at once gives its place back: the loop that runs already goes on with the next.
    if (this.#isServing) return
    this.#isServing = true
    try {
      for (let hasMore = true; hasMore; ) hasMore = this.#serveNext()
    } finally {
      this.#isServing = false
    }
  }

  /** False when nobody waits, or the first one has to wait on. */
  #serveNext(): boolean {
    const waiter = this.#waiting[0]
    if (waiter === undefined) return false
    // Whatever lies idle while somebody waits came free just now.
    const idle = this.takeIdle(waiter.user, -Infinity, Infinity)
    if (idle === null && !this.row.reserveConnection(waiter.settings.maxPerTarget)) return false
    this.stopWaiting(waiter)
    if (idle !== null) waiter.onIdle(idle)
    else waiter.onPlace(this)
    return true
  }

  /** The name still has the connection's address. */
  #isCurrent({ address }: Origin): boolean {
    return this.name.isLiteral || this.name.addresses.includes(address)
  }

  #address(now: number): string {
    const { addresses } = this.name
    for (let tried = 0; tried < addresses.length; tried++) {
      const address = addresses[this.#nextAddress++ % addresses.length]!
      if ((this.#avoided?.get(address) ?? 0) <= now) return address
    }
    return addresses[this.#nextAddress++ % addresses.length]!
  }

  #onGone(connection: Origin): void {
    this.open--
    if (connection.isConnection) this.#sockets.close()
    this.row.releaseConnection()
    const index = this.#idle.indexOf(connection)
    if (index !== -1) this.#idle.splice(index, 1)
    this.#serveWaiting()
  }
}
