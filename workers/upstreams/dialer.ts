import type { ReadBuffers } from '../http1/read-buffer.ts'
import type { Origin, OriginUser } from './origin.ts'
import { OriginConnection } from './origin-connection.ts'
import type { OriginTls } from './origin-tls.ts'

/** Opens connections to one target, or streams on them, for one thread. */
export interface Dialer {
  /** The certificate that has to be shown to the target is there. */
  readonly isReady: boolean
  readonly isSecure: boolean
  /** `needsHttp1`: for an upgrade. */
  dial(address: string, port: number, user: OriginUser, needsHttp1: boolean): Origin
  /** Closes what nobody used for `idleMs`. */
  sweep(now: number): void
  /** The target is gone. */
  retire(): void
}

/** A connection of its own for every request at a time. */
export class Http1Dialer implements Dialer {
  readonly #buffers: ReadBuffers
  readonly #tls: OriginTls | null

  constructor(buffers: ReadBuffers, tls: OriginTls | null) {
    this.#buffers = buffers
    this.#tls = tls
  }

  get isReady(): boolean {
    return this.#tls === null || this.#tls.isReady
  }

  get isSecure(): boolean {
    return this.#tls !== null
  }

  dial(address: string, port: number, user: OriginUser): Origin {
    return new OriginConnection(this.#buffers, address, port, this.#tls, user)
  }

  sweep(): void {}

  retire(): void {}
}
