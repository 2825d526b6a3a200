import { untrack } from 'svelte'
import type { EventKind, GatewayEvent } from '../../../shared/schema/event.ts'
import type { FeedMetrics, Traffic } from '../../../shared/schema/feed.ts'
import { toApiError } from '../api/api-error.ts'
import { connection } from '../api/connection.svelte.ts'
import { FeedClient, type FeedListener } from './feed-client.ts'

/** Seconds of traffic that are kept for pictures. */
const MOST_SECONDS = 120
/** Figures older than this are no longer what is served now. */
const STALE_MS = 4_000
/** After so long without a message it is asked whether the control plane is there at all. */
const QUIET_MS = 4_000
/** A page that nobody sees reads no longer. */
const UNSEEN_MS = 60_000

export interface LiveSecond {
  /** Milliseconds since 1970, by the clock of this browser. */
  at: number
  fleet: Traffic
}
/** What a page does with an event; without one: some may have been missed. */
type Hear = (event?: GatewayEvent) => void

/** What the fleet does now, as the live feed of the control plane tells it. Pages that it does not reach ask from time to time. */
class Live implements FeedListener {
  isConnected = $state(false)
  /** The last two minutes, oldest first; empty while nothing is known. */
  seconds = $state.raw<LiveSecond[]>([])
  /** By node id. */
  nodes = $state.raw(new Map<string, Traffic>())
  readonly #ears = new Set<Hear>()
  #stale: ReturnType<typeof setTimeout> | undefined
  #quiet: ReturnType<typeof setTimeout> | undefined
  /** Asks the control plane something small. */
  #ask: () => Promise<unknown> = async () => {}
  #client: FeedClient | undefined

  /** What is served now; undefined when nobody tells. */
  get now(): Traffic | undefined {
    return this.nodes.size === 0 ? undefined : this.seconds.at(-1)?.fleet
  }

  /** Whether what happens is told: messages may come, and the control plane answers. */
  get isTold(): boolean {
    return this.isConnected && !connection.lost
  }

  /** @returns what ends it. */
  hear(hear: Hear): () => void {
    this.#ears.add(hear)
    return () => this.#ears.delete(hear)
  }

  /** Reads the feed until the function that comes back is called. `ask`: something small, to see whether the control plane is there. */
  follow(ask: () => Promise<unknown>): () => void {
    this.#ask = ask
    const client = new FeedClient({ url: `${location.origin.replace(/^http/, 'ws')}/api/v1/events`, listener: this })
    this.#client = client
    let unseen: ReturnType<typeof setTimeout> | undefined
    const seen = (): void => {
      clearTimeout(unseen)
      if (document.hidden) unseen = setTimeout(() => client.stop(), UNSEEN_MS)
      else client.start()
    }
    const retry = (): void => client.retryNow()
    document.addEventListener('visibilitychange', seen)
    addEventListener('online', retry)
    seen()
    return () => {
      document.removeEventListener('visibilitychange', seen)
      removeEventListener('online', retry)
      clearTimeout(unseen)
      client.stop()
    }
  }

  connected(yes: boolean): void {
    this.isConnected = yes
    this.#heard()
    if (!yes) this.#forget()
  }

  event(event: GatewayEvent): void {
    this.#heard()
    for (const hear of this.#ears) hear(event)
  }

  missed(): void {
    this.#heard()
    for (const hear of this.#ears) hear()
  }

  metrics({ fleet, nodes }: FeedMetrics): void {
    this.#heard()
    clearTimeout(this.#stale)
    this.#stale = setTimeout(() => this.#forget(), STALE_MS)
    this.seconds = [...this.seconds.slice(1 - MOST_SECONDS), { at: Date.now(), fleet }]
    this.nodes = new Map(nodes.map(({ nodeId, traffic }) => [nodeId, traffic]))
  }

  /** A connection may stay open while nobody is at the other end. Not every feed has metrics each second: silence alone proves nothing. */
  #heard(): void {
    clearTimeout(this.#quiet)
    if (this.isConnected) this.#quiet = setTimeout(() => void this.#look(), QUIET_MS)
  }

  async #look(): Promise<void> {
    try {
      await this.#ask()
    } catch (thrown) {
      if (toApiError(thrown).status === 0) return this.#client?.renew()
    }
    this.#heard()
  }

  /** The past stays in the picture; what is now is not known. */
  #forget(): void {
    clearTimeout(this.#stale)
    this.nodes = new Map()
  }
}

export const live = new Live()

/** How often a page asks: seldom while the feed tells, as often as `awayMs` while it does not. For `loaded`. */
export function asking(awayMs: number, toldMs: number): () => number {
  return () => (live.isTold ? toldMs : awayMs)
}

/** Several events of one moment, such as a publish that 100 nodes apply, are one reason to read again. */
const TOGETHER_MS = 150

/** Reads again when an event of these kinds is told that `concerns` it, or when some were missed. Call it while a component initialises. */
export function reloadOn(kinds: readonly EventKind[], reload: () => Promise<void>, concerns: (event: GatewayEvent) => boolean = () => true): void {
  $effect(() => untrack(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = live.hear((event) => {
      if (event !== undefined && !(kinds.includes(event.kind) && concerns(event))) return
      timer ??= setTimeout(() => {
        timer = undefined
        void reload()
      }, TOGETHER_MS)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }))
}
