import type { RequestRecord } from './request-record.ts'

/** What a thread keeps of the requests it served. */
export interface Telemetry {
  /** A request is over, however it ended. Must not keep the record: it is used again at once. */
  observe(record: RequestRecord): void
  /** Called by the thread's clock, every 100 ms. */
  tick(): void
}
