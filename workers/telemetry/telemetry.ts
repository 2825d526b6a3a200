import { performance } from 'node:perf_hooks'
import { accessLogLine } from './access-log-line.ts'
import type { AccessLogWriter } from './access-log-writer.ts'
import type { RecentRequest } from '../../shared/schema/recent-request.ts'
import { RecentRequests, recentRequest } from './recent-requests.ts'
import type { RequestRecord } from './request-record.ts'
import { TrafficCounts } from './traffic-table.ts'

/** What a thread keeps of the requests it served. */
export interface Telemetry {
  /** A request is over, however it ended. Does not keep the record: it is used again at once. */
  observe(record: RequestRecord): void
  /** Called by the thread's clock, every 100 ms. */
  tick(): void
  /** The recent ones that were sampled, newest first. */
  recent(): RecentRequest[]
}

/** Requests kept among the recent ones in a tick: some of those that went well, most of those that did not. */
const GOOD_IN_TICK = 5
const BAD_IN_TICK = 20
/** One in so many is logged where the access log is sampled. */
const SAMPLE = 100
const SAMPLED = 1

export function createTelemetry(options: { thread: number; traffic: SharedArrayBuffer; accessLog: AccessLogWriter }): Telemetry {
  const counts = new TrafficCounts(options.traffic, options.thread)
  const { accessLog } = options
  const recent = new RecentRequests()
  let good = 0
  let bad = 0
  let turn = 0
  let time = ''
  let timeMs = 0

  const log = (record: RequestRecord, endedAt: number, isBad: boolean): void => {
    const isSampled = record.accessLog === SAMPLED
    if (isSampled && !isBad && ++turn % SAMPLE !== 0) return
    const now = Date.now()
    if (now !== timeMs) time = new Date(now).toISOString()
    timeMs = now
    accessLog.write(accessLogLine(record, endedAt, time, isSampled))
  }

  return {
    observe(record) {
      const endedAt = performance.now()
      const isCut = record.status === 0 || (record.failureCode !== '' && record.firstByteAt !== 0)
      const isBad = isCut || record.status >= 500
      counts.count(record, endedAt - record.startedAt, isCut)
      if (isBad ? bad < BAD_IN_TICK : good < GOOD_IN_TICK) {
        if (isBad) bad++
        else good++
        recent.add(recentRequest(record, endedAt))
      }
      if (record.accessLog !== 0) log(record, endedAt, isBad)
    },
    tick() {
      good = bad = 0
      accessLog.handOver()
    },
    recent: () => recent.list()
  }
}
