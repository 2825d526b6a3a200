import { BUCKETS } from '../../shared/traffic/latency-bounds.ts'
import type { Served } from '../../shared/traffic/served.ts'
import { bucketOf } from './histogram.ts'
import type { RequestRecord } from './request-record.ts'

/** Rows of the table: requests without a route, routes beyond the table's size, all requests, and one for each other route. */
const MAX_ROWS = 4_097
const NO_ROUTE = 0
const OTHER_ROUTES = 1
const ALL_REQUESTS = 2
const FIRST_ROUTE = 3

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
    const code = isCut ? 0 : Math.floor(record.status / 100)
    const bucket = TRAFFIC.buckets + bucketOf(ms)
    own[at + code]!++
    own[at + TRAFFIC.requestBytes]! += record.bytesIn
    own[at + TRAFFIC.responseBytes]! += record.bytesOut
    own[at + TRAFFIC.milliseconds]! += ms
    own[at + bucket]!++
    own[ALL_REQUESTS * STRIDE + code]!++
    own[ALL_REQUESTS * STRIDE + bucket]!++
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
    if (row === ALL_REQUESTS) continue
    const values = sumRow(numbers, threads, row)
    if (values.every((value) => value === 0)) continue
    all.push({ slot: row === NO_ROUTE ? null : row === OTHER_ROUTES ? 'other' : row - FIRST_ROUTE, values })
  }
  return all
}

/** What all threads served since the table was made. Unlike the rows of routes it never goes back. */
export function readServed(table: SharedArrayBuffer, threads: number): Served {
  const values = sumRow(new Float64Array(table), threads, ALL_REQUESTS)
  const requests = values.slice(TRAFFIC.responses, TRAFFIC.responses + 6).reduce((sum, count) => sum + count)
  return { requests, errors: values[TRAFFIC.responses + 5]!, durations: values.slice(TRAFFIC.buckets) }
}

/** The same requests by class of status; the first: the client got no whole answer. */
export function readResponses(table: SharedArrayBuffer, threads: number): number[] {
  return sumRow(new Float64Array(table), threads, ALL_REQUESTS).slice(TRAFFIC.responses, TRAFFIC.responses + 6)
}

function sumRow(numbers: Float64Array, threads: number, row: number): number[] {
  return Array.from({ length: USED }, (_, place) => {
    let sum = 0
    for (let thread = 0; thread < threads; thread++) sum += numbers[(thread * MAX_ROWS + row) * STRIDE + place]!
    return sum
  })
}

/** Empties the row of a slot that another route gets. */
export function clearTraffic(table: SharedArrayBuffer, threads: number, slot: number): void {
  const row = rowOf(slot)
  if (row < FIRST_ROUTE) return
  const numbers = new Float64Array(table)
  for (let thread = 0; thread < threads; thread++) numbers.fill(0, (thread * MAX_ROWS + row) * STRIDE, (thread * MAX_ROWS + row + 1) * STRIDE)
}
