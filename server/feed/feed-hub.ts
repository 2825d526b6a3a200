import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { Value } from 'typebox/value'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { GatewayEvent } from '../../shared/schema/event.ts'
import { NodeSample } from '../../shared/schema/feed.ts'
import type { Deps } from '../deps.ts'
import { MOST_EVENT_BYTES } from '../events/emit-event.ts'
import { EventHistory } from './event-history.ts'
import type { FeedReader } from './feed-reader.ts'
import { SampleBook } from './sample-book.ts'

const METRICS_EVERY_MS = 1_000
/** Nodes tell their samples for so long after each request for them. */
const SAMPLES_FOR_SECONDS = 10
const ASK_FOR_SAMPLES_MS = 4_000

/**
 * Hears the events that any process tells over Redis, and what nodes count, and passes both on to the readers of this
 * process. Nodes are asked for samples only while somebody reads them.
 */
export class FeedHub {
  readonly #deps: Pick<Deps, 'redis' | 'log'>
  readonly #readers = new Set<FeedReader>()
  readonly #history = new EventHistory()
  readonly #samples = new SampleBook()
  readonly #timer: NodeJS.Timeout
  #askedAt = -Infinity

  /** `subscriber` is used for nothing else. */
  constructor(deps: Pick<Deps, 'redis' | 'log'>, subscriber: Redis) {
    this.#deps = deps
    subscriber.on('message', (channel: string, text: string) => this.#hear(channel, text))
    subscriber.on('ready', () => void this.#subscribe(subscriber))
    subscriber.on('close', () => this.#history.interrupt())
    if (subscriber.status === 'ready') void this.#subscribe(subscriber)
    this.#timer = setInterval(() => this.#tellMetrics(), METRICS_EVERY_MS)
  }

  get size(): number {
    return this.#readers.size
  }

  /** The reader gets what happened since then first; null: from now on. In milliseconds since 1970. */
  add(reader: FeedReader, since: number | null): void {
    const { events, complete } = since === null ? { events: [], complete: true } : this.#history.since(since)
    reader.hello({ kind: 'hello', at: new Date().toISOString(), complete })
    for (const event of events) reader.event(event)
    this.#readers.add(reader)
    if (reader.wantsMetrics) this.#askForSamples()
  }

  remove(reader: FeedReader): void {
    this.#readers.delete(reader)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #subscribe(subscriber: Redis): Promise<void> {
    try {
      await subscriber.subscribe(CHANNELS.events, CHANNELS.samples)
    } catch {
      // Tried again when the connection is made anew.
      return
    }
    this.#history.begin(Date.now())
    for (const reader of this.#readers) reader.hello({ kind: 'gap', at: new Date().toISOString() })
  }

  #hear(channel: string, text: string): void {
    const value = text.length > MOST_EVENT_BYTES ? undefined : parsed(text)
    if (channel === CHANNELS.samples) {
      if (Value.Check(NodeSample, value)) this.#samples.hear(value, Date.now())
      return
    }
    if (!Value.Check(GatewayEvent, value)) return this.#deps.log.warn('a message on the channel for events is none')
    this.#history.add(value)
    for (const reader of this.#readers) reader.event(value)
  }

  #tellMetrics(): void {
    const wanting = [...this.#readers].filter(({ wantsMetrics }) => wantsMetrics)
    if (wanting.length === 0) return
    if (performance.now() - this.#askedAt >= ASK_FOR_SAMPLES_MS) this.#askForSamples()
    const metrics = this.#samples.metrics(Date.now())
    if (metrics === null) return
    const text = JSON.stringify(metrics)
    for (const reader of wanting) reader.metrics(text)
  }

  #askForSamples(): void {
    this.#askedAt = performance.now()
    const question = { questionId: randomUUID(), kind: 'samples', seconds: SAMPLES_FOR_SECONDS }
    this.#deps.redis.publish(CHANNELS.questions, JSON.stringify(question)).catch(() => {})
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
