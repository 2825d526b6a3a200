import { BUCKETS, bucketOf } from './histogram.ts'
import type { RequestRecord } from './request-record.ts'

/** Rows of the table: requests without a route, routes beyond the table's size, and one for each other route. */
const MAX_ROWS = 4_096
const NO_ROUTE = 0
const OTHER_ROUTES = 1
const FIRST_ROUTE = 2

/** Places in a row. Responses lie by status class, 0 being requests whose client got no whole answer. */
export const TRAFFIC = { responses: 0, requestBytes: 6, responseBytes: 7, milliseconds: 8, buckets: 9 } as const
const USED = TRAFFIC.buckets + BUCKETS
/** A multiple of a cache line. */
const STRIDE = Math.ceil(USED / 8) * 8

/** Traffic of a route, of a process or a node. */
export interface Traffic {
  /** Null: requests that no route took; 'other': routes beyond the table's size. */
  slot: number | 'other' | null
  /** By TRAFFIC. */
  values: number[]
}

export function createTrafficTable(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(threads * MAX_ROWS * STRIDE * Float64Array.BYTES_PER_ELEMENT)
}

/** What one thread counts of the requests it served, by route. It writes its own part of the table only. */
export class TrafficCounts {
  readonly #own: Float64Array

  constructor(table: SharedArrayBuffer, thread: number) {
    const bytes = MAX_ROWS * STRIDE * Float64Array.BYTES_PER_ELEMENT
    this.#own = new Float64Array(table, thread * bytes, MAX_ROWS * STRIDE)
  }

  /** `ms` is how long it took; `isCut` tells that the client got no whole answer. */
  count(record: RequestRecord, ms: number, isCut: boolean): void {
    const own = this.#own
    const at = rowOf(record.routeSlot) * STRIDE
    own[at + (isCut ? 0 : Math.floor(record.status / 100))]!++
    own[at + TRAFFIC.requestBytes]! += record.bytesIn
    own[at + TRAFFIC.responseBytes]! += record.bytesOut
    own[at + TRAFFIC.milliseconds]! += ms
    own[at + TRAFFIC.buckets + bucketOf(ms)]!++
  }
}

function rowOf(slot: number): number {
  if (slot < 0) return NO_ROUTE
  return slot + FIRST_ROUTE < MAX_ROWS ? slot + FIRST_ROUTE : OTHER_ROUTES
}

/** The sums over all threads, of rows that had any requests. */
export function readTraffic(table: SharedArrayBuffer, threads: number): Traffic[] {
  const numbers = new Float64Array(table)
  const all: Traffic[] = []
  for (let row = 0; row < MAX_ROWS; row++) {
    const values = Array.from({ length: USED }, (_, place) => {
      let sum = 0
      for (let thread = 0; thread < threads; thread++) sum += numbers[(thread * MAX_ROWS + row) * STRIDE + place]!
      return sum
    })
    if (values.every((value) => value === 0)) continue
    all.push({ slot: row === NO_ROUTE ? null : row === OTHER_ROUTES ? 'other' : row - FIRST_ROUTE, values })
  }
  return all
}

/** Empties the row of a slot that another route gets. */
export function clearTraffic(table: SharedArrayBuffer, threads: number, slot: number): void {
  const row = rowOf(slot)
  if (row < FIRST_ROUTE) return
  const numbers = new Float64Array(table)
  for (let thread = 0; thread < threads; thread++) numbers.fill(0, (thread * MAX_ROWS + row) * STRIDE, (thread * MAX_ROWS + row + 1) * STRIDE)
}
