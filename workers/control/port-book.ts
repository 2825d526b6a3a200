import net from 'node:net'
import type { ListenEndpoint } from '../endpoint.ts'
import type { Log } from '../log.ts'
import { bindPort, isFailure, type PortFailure, portFailure, proveFree } from './bind-port.ts'
import { overlap } from './locks/port-claim.ts'
import type { PortClaims, PortConflict } from './locks/port-claims.ts'
import { type PortPlace, placeKey } from './port-place.ts'

/** The address on which ports of a range are reserved. */
const RESERVED_ADDRESS = '0.0.0.0'

/** A port that this node has: one socket for each thread, all with SO_REUSEPORT, owned by the primary. */
export interface OpenPort {
  endpoint: ListenEndpoint
  sockets: readonly net.Socket[]
}

export interface PortBookOptions {
  threads: number
  /** Ports that are kept reserved while no listener uses them. */
  ports: readonly number[]
  claims: Pick<PortClaims, 'claim'>
  /** Where processes of an earlier start of this node still listen. */
  predecessors(): readonly PortPlace[]
  log: Log
}

/**
 * Every port socket of the node. The primary keeps them, so that a queue of connections outlives the process that
 * accepts from it. A reserved port is bound and refuses; an open one is bound once for each thread and serves as
 * soon as a thread listens. Ports outside the ranges are bound on demand.
 */
export class PortBook {
  readonly #options: PortBookOptions
  readonly #ranges: Map<string, PortPlace>
  readonly #reserved = new Map<string, net.Socket>()
  readonly #open = new Map<string, OpenPort>()
  readonly #failures = new Map<string, PortFailure>()
  #claimed = new Set<string>()
  /** Ports that listeners asked for last. */
  #wanted = new Set<string>()

  constructor(options: PortBookOptions) {
    this.#options = options
    const places = options.ports.map((port) => ({ address: RESERVED_ADDRESS, port }))
    this.#ranges = new Map(places.map((place) => [placeKey(place), place]))
  }

  /** Claims the ranges and binds their ports. Returns what other data nodes hold; then nothing is bound. */
  async reserve(): Promise<PortConflict[]> {
    const conflicts = await this.#claim([])
    if (conflicts.length === 0) this.reserveMissing()
    return conflicts
  }

  /** Tries again to reserve ports of the ranges that another program had. */
  reserveMissing(): void {
    for (const [key, place] of this.#ranges) {
      if (this.#reserved.has(key) || this.#open.has(key)) continue
      const bound = (this.#isOurs(place) ? null : proveFree(place)) ?? bindPort(place)
      if (isFailure(bound)) this.#lost(key, bound)
      else {
        this.#reserved.set(key, bound)
        if (this.#failures.delete(key)) this.#options.log.info({ port: key }, 'port of the range is free again and reserved')
      }
    }
  }

  /** Binds what of `wanted` is not bound yet. What cannot be bound is a failure of that port only. */
  async bind(wanted: readonly ListenEndpoint[]): Promise<void> {
    const missing = wanted.filter((endpoint) => !this.#open.has(placeKey(endpoint)))
    if (missing.length === 0) return
    const unclaimed = await this.#claimFor(wanted)
    for (const endpoint of missing) {
      const key = placeKey(endpoint)
      const result = unclaimed.get(key) ?? this.#bindForThreads(endpoint)
      if ('sockets' in result) {
        this.#open.set(key, result)
        this.#failures.delete(key)
      } else this.#lost(key, result)
    }
  }

  /** Takes back a port on which the threads could not listen. */
  giveUp(endpoint: ListenEndpoint, failure: PortFailure): void {
    this.#close(placeKey(endpoint))
    this.#lost(placeKey(endpoint), failure)
  }

  /**
   * Closes this process' sockets of every port that is not wanted; those of a range are reserved anew.
   * The threads accept on until they are told, so that no connection waits for nobody.
   */
  async keepOnly(wanted: readonly ListenEndpoint[]): Promise<OpenPort[]> {
    const keys = new Set(wanted.map(placeKey))
    this.#wanted = keys
    const closed = [...this.#open].filter(([key]) => !keys.has(key)).map(([, port]) => port)
    for (const { endpoint } of closed) this.#close(placeKey(endpoint))
    for (const key of this.#failures.keys()) {
      if (!keys.has(key) && !this.#ranges.has(key)) this.#failures.delete(key)
    }
    if (closed.length > 0) await this.#claimFor(wanted)
    return closed
  }

  openPorts(): OpenPort[] {
    return [...this.#open.values()]
  }

  failureOf(endpoint: PortPlace): PortFailure | undefined {
    return this.#open.has(placeKey(endpoint)) ? undefined : this.#failures.get(placeKey(endpoint))
  }

  /** Ports of the ranges that cannot be had, and that no listener asked for. */
  lostReservations(): { place: PortPlace; failure: PortFailure }[] {
    return [...this.#ranges].flatMap(([key, place]) => {
      const failure = this.#wanted.has(key) ? undefined : this.#failures.get(key)
      return failure === undefined ? [] : [{ place, failure }]
    })
  }

  counts(): { reserved: number; open: number; failed: number } {
    return { reserved: this.#reserved.size, open: this.#open.size, failed: this.#failures.size }
  }

  /** Gives up every socket of this process. */
  closeAll(): void {
    for (const { sockets } of this.#open.values()) for (const socket of sockets) socket.destroy()
    for (const socket of this.#reserved.values()) socket.destroy()
    this.#open.clear()
    this.#reserved.clear()
  }

  /** Like #claim; a lock folder that cannot be used costs only the ports outside the ranges. */
  async #claimFor(wanted: readonly ListenEndpoint[]): Promise<Map<string, PortFailure>> {
    try {
      const conflicts = await this.#claim(wanted)
      return new Map(conflicts.map((conflict) => [placeKey(conflict.place), claimedFailure(conflict)]))
    } catch (error) {
      const outside = wanted.filter((endpoint) => !this.#inRange(endpoint) && !this.#claimed.has(placeKey(endpoint)))
      return new Map(outside.map((endpoint) => [placeKey(endpoint), portFailure(endpoint, error as Error)]))
    }
  }

  /** Claims the ranges and whatever of `wanted` lies outside them. */
  async #claim(wanted: readonly ListenEndpoint[]): Promise<PortConflict[]> {
    const outside = wanted.filter((endpoint) => !this.#inRange(endpoint)).map(({ address, port }) => ({ address, port }))
    const places = [...this.#ranges.values(), ...outside]
    const keys = new Set(places.map(placeKey))
    if (keys.size === this.#claimed.size && keys.isSubsetOf(this.#claimed)) return []
    const conflicts = await this.#options.claims.claim(places)
    for (const { place } of conflicts) keys.delete(placeKey(place))
    this.#claimed = keys
    return conflicts
  }

  #bindForThreads(endpoint: ListenEndpoint): OpenPort | PortFailure {
    const taken = this.#isOurs(endpoint) ? null : proveFree(endpoint)
    if (taken !== null) return taken
    const key = placeKey(endpoint)
    const reserved = this.#reserved.get(key)
    const sockets = reserved === undefined ? [] : [reserved]
    while (sockets.length < this.#options.threads) {
      const bound = bindPort(endpoint)
      if (isFailure(bound)) {
        for (const socket of sockets) if (socket !== reserved) socket.destroy()
        return bound
      }
      sockets.push(bound)
    }
    this.#reserved.delete(key)
    return { endpoint, sockets }
  }

  #close(key: string): void {
    const port = this.#open.get(key)
    const place = this.#ranges.get(key)
    this.#open.delete(key)
    // The new reservation is bound first: the port is never anybody's.
    if (place !== undefined) {
      const bound = bindPort(place)
      if (isFailure(bound)) this.#lost(key, bound)
      else this.#reserved.set(key, bound)
    }
    for (const socket of port?.sockets ?? []) socket.destroy()
  }

  #lost(key: string, failure: PortFailure): void {
    if (this.#failures.get(key)?.code !== failure.code) this.#options.log.warn({ port: key, code: failure.code }, failure.message)
    this.#failures.set(key, failure)
  }

  #inRange({ address, port }: PortPlace): boolean {
    return net.isIPv4(address) && this.#ranges.has(placeKey({ address: RESERVED_ADDRESS, port }))
  }

  /** Whether sockets of this node listen there already; a proof would only find ourselves. */
  #isOurs(place: PortPlace): boolean {
    const own = [...this.#open.values()].some(({ endpoint }) => overlap(endpoint, place))
    return own || this.#options.predecessors().some((other) => overlap(other, place))
  }
}

function claimedFailure({ place, holder }: PortConflict): PortFailure {
  return {
    state: 'port_in_use',
    code: 'port_in_use',
    message: `${placeKey(place)} belongs to another data node of this machine (pid ${holder.pid}, DATA_DIR ${holder.dataDir})`
  }
}
