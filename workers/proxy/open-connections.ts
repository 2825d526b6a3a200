import type net from 'node:net'
import { ClientConnection } from './client-connection.ts'
import { FAILURES } from './failure.ts'
import { gatewayAnswer } from './gateway-answer.ts'
import { endpointKey } from './runtime.ts'
import type { ThreadContext } from './thread-context.ts'

/** The client connections of one thread. They are state: no configuration closes them. */
export class OpenConnections {
  readonly #thread: ThreadContext
  readonly #threads: number
  readonly #all = new Set<ClientConnection>()
  readonly #byKey = new Map<string, number>()
  #whenEmpty: (() => void) | null = null

  constructor(thread: ThreadContext, threads: number) {
    this.#thread = thread
    this.#threads = threads
  }

  get size(): number {
    return this.#all.size
  }

  /** Takes an accepted connection, or answers 503 when the listener has this thread's share of maxConnections. */
  accept(socket: net.Socket, endpoint: { address: string; port: number }): void {
    const key = endpointKey(endpoint)
    const count = (this.#byKey.get(key) ?? 0) + 1
    const most = this.#thread.current?.listeners.get(key)?.limits.maxConnections
    if (most !== undefined && count > Math.ceil(most / this.#threads)) return this.#refuse(socket)
    this.#byKey.set(key, count)
    this.#all.add(new ClientConnection(socket, endpoint, this.#thread, (connection) => this.#forget(connection)))
  }

  /** Ends connections with their current answer; all of them without a key. */
  close(key?: string): void {
    for (const connection of this.#all) if (key === undefined || connection.key === key) connection.close()
  }

  /** Closes all; resolves when none is left, or cuts the rest after `ms`. */
  drain(ms: number): Promise<void> {
    this.close()
    if (this.#all.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const connection of this.#all) connection.destroy()
        resolve()
      }, ms)
      this.#whenEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  sweep(now: number): void {
    for (const connection of this.#all) {
      try {
        connection.sweep(now)
      } catch (error) {
        connection.onDefect(error)
      }
    }
  }

  #forget(connection: ClientConnection): void {
    this.#all.delete(connection)
    const count = (this.#byKey.get(connection.key) ?? 1) - 1
    if (count > 0) this.#byKey.set(connection.key, count)
    else this.#byKey.delete(connection.key)
    if (this.#all.size === 0) this.#whenEmpty?.()
  }

  #refuse(socket: net.Socket): void {
    const { state } = this.#thread
    const { status, code, message } = FAILURES.tooManyConnections
    state.countFailure(code)
    socket.on('error', () => {})
    socket.end(gatewayAnswer({ status, code, message, requestId: state.requestId(), accept: '', close: true, withoutBody: false }))
  }
}
