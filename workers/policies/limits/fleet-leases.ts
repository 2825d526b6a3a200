import { hash } from 'node:crypto'
import { ANSWER_MS, downAnswer, type LeaseAnswer, type LeaseAsk } from './lease.ts'
import type { LimitTerms } from './limit-terms.ts'

/** Most of a limit that is leased at once. */
const MOST_WANTED = 64
/** A lease that was used up within this time was too small. */
const BUSY_MS = 200
/** How long Redis is not waited for after it did not answer. */
const DOWN_MS = 1_000
/** A refusal is believed no longer than this: the policy may allow more meanwhile. */
const LONGEST_REFUSAL_MS = 1_000
const MOST_KEYS = 20_000
const MOST_WAITING = 2_000

/** What a request gets: one of the limit, none, or no answer, because Redis is down or because too many wait for it. */
export type Leased = { kind: 'taken' } | { kind: 'none'; retryMs: number } | { kind: 'down' } | { kind: 'overloaded' }

const TAKEN: Leased = { kind: 'taken' }
const DOWN: Leased = { kind: 'down' }
const OVERLOADED: Leased = { kind: 'overloaded' }

interface Lease {
  readonly key: string
  terms: LimitTerms
  left: number
  until: number
  /** Redis is not asked before: it said that there are none. */
  refusedUntil: number
  /** When there is one more, as Redis said then. */
  retryAt: number
  /** How many to have at hand. */
  wanted: number
  asked: number
  isAsking: boolean
  begunAt: number
  readonly waiting: ((leased: Leased) => void)[]
}

/**
 * Parts of limits that all nodes share, leased from Redis and used up by one thread. A lease is small where requests are few,
 * and grows while it is used up quickly, so that a busy key costs a round trip for every 64 requests. Requests wait for a lease
 * together, at most 300 ms each time.
 */
export class FleetLeases {
  readonly #send: (asks: LeaseAsk[]) => void
  readonly #leases = new Map<string, Lease>()
  readonly #open = new Map<number, { lease: Lease; timer: NodeJS.Timeout }>()
  readonly #clock: () => number
  #batch: Lease[] = []
  // Not from 0: answers to a thread that ended must not be taken for ours.
  #nextAsk = Math.floor(Math.random() * 2 ** 40)
  #waiting = 0
  #downUntil = -Infinity
  /** As the last answer said. */
  #isDown = false

  constructor(send: (asks: LeaseAsk[]) => void, clock: () => number = () => performance.now()) {
    this.#send = send
    this.#clock = clock
  }

  take(scope: string, key: string, terms: LimitTerms): Leased | Promise<Leased> {
    const now = this.#clock()
    const name = `${scope} ${key}`
    const lease = this.#leases.get(name) ?? this.#begin(name, terms)
    lease.terms = terms
    if (lease.left > 0 && now < lease.until) {
      lease.left--
      return TAKEN
    }
    if (now < lease.refusedUntil) return { kind: 'none', retryMs: lease.retryAt - now }
    if (now < this.#downUntil) return DOWN
    if (this.#waiting >= MOST_WAITING) return this.#isDown ? DOWN : OVERLOADED
    this.#waiting++
    const leased = new Promise<Leased>((resolve) => lease.waiting.push(resolve))
    if (!lease.isAsking) this.#ask(lease, now)
    return leased
  }

  /** Answers to what was sent. */
  answered(answers: readonly LeaseAnswer[]): void {
    for (const answer of answers) {
      const open = this.#open.get(answer.ask)
      if (open === undefined) continue
      this.#open.delete(answer.ask)
      clearTimeout(open.timer)
      this.#settle(open.lease, answer)
    }
  }

  #begin(name: string, terms: LimitTerms): Lease {
    const lease: Lease = { key: `gateway:limit:${hash('sha256', name, 'base64url').slice(0, 22)}`, terms, left: 0, until: 0, refusedUntil: 0, retryAt: 0, wanted: 1, asked: 0, isAsking: false, begunAt: -Infinity, waiting: [] }
    this.#leases.set(name, lease)
    // What is left of the oldest lease is lost: the limit is kept, a little too well.
    const [oldest] = this.#leases.keys()
    if (this.#leases.size > MOST_KEYS && oldest !== undefined) this.#leases.delete(oldest)
    return lease
  }

  /** Together with what others of this turn of the event loop want. */
  #ask(lease: Lease, now: number): void {
    const most = Math.max(1, Math.min(MOST_WANTED, Math.floor(lease.terms.limit / 10)))
    lease.wanted = Math.min(most, now - lease.begunAt < BUSY_MS ? lease.wanted * 2 : Math.max(1, lease.wanted >> 1))
    lease.isAsking = true
    if (this.#batch.push(lease) === 1) setImmediate(() => this.#sendBatch())
  }

  #sendBatch(): void {
    const asks = this.#batch.map((lease): LeaseAsk => {
      const ask = this.#nextAsk++
      this.#open.set(ask, { lease, timer: setTimeout(() => this.answered([downAnswer(ask)]), ANSWER_MS) })
      lease.asked = Math.max(lease.wanted, lease.waiting.length)
      return { ask, key: lease.key, terms: lease.terms, wanted: lease.asked }
    })
    this.#batch = []
    this.#send(asks)
  }

  #settle(lease: Lease, { isDown, isOverloaded, granted, goodForMs, retryMs, left }: LeaseAnswer): void {
    const now = this.#clock()
    const wasAsked = !isDown && !isOverloaded
    lease.isAsking = false
    lease.until = now + goodForMs
    lease.begunAt = now
    // Near the end of a limit only what is needed is taken: what one holds the others lack.
    if (left < lease.wanted * 4) lease.wanted = 1
    if (isDown) this.#downUntil = now + DOWN_MS
    if (!isOverloaded) this.#isDown = isDown
    if (wasAsked && granted === 0) {
      lease.retryAt = now + Math.max(1, retryMs)
      lease.refusedUntil = Math.min(lease.retryAt, now + LONGEST_REFUSAL_MS)
    }
    const served = lease.waiting.splice(0, granted)
    lease.left = granted - served.length
    for (const resolve of served) resolve(TAKEN)
    this.#waiting -= served.length
    if (lease.waiting.length === 0) return
    // They came after the question was sent, and there may be more.
    if (wasAsked && granted === lease.asked) return this.#ask(lease, now)
    const others = lease.waiting.splice(0)
    this.#waiting -= others.length
    const rest: Leased = wasAsked ? { kind: 'none', retryMs: Math.max(1, retryMs) } : isDown ? DOWN : OVERLOADED
    for (const resolve of others) resolve(rest)
  }
}
