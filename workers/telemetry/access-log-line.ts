import type { RequestRecord } from './request-record.ts'

/**
 * One line of the access log: JSON with the same fields as a recent request, and the trace's id when there is one. Neither
 * query nor header values: they hold secrets. `endedAt` is performance.now().
 */
export function accessLogLine(record: RequestRecord, endedAt: number, time: string, isSampled: boolean): string {
  const { startedAt, firstByteAt, traceparent } = record
  const firstByteMs = firstByteAt === 0 ? 0 : firstByteAt - startedAt
  return (
    `{"time":"${time}","requestId":"${record.requestId}","client":"${record.clientAddress}","tenant":${JSON.stringify(record.tenant)},"listener":${JSON.stringify(record.listenerName)},` +
    `"route":${JSON.stringify(record.routeName)},"upstream":${JSON.stringify(record.upstreamName)},"target":${JSON.stringify(record.targetId)},` +
    `"method":${JSON.stringify(record.method)},"host":${JSON.stringify(record.host)},"path":${JSON.stringify(record.path)},` +
    `"status":${record.status},"code":"${record.failureCode}","attempts":${record.attempts},` +
    `"durationMs":${(endedAt - startedAt).toFixed(2)},"firstByteMs":${firstByteMs.toFixed(2)},"bytesIn":${record.bytesIn},"bytesOut":${record.bytesOut}` +
    `${traceparent === '' ? '' : `,"traceId":"${traceparent.slice(3, 35)}"`}${isSampled ? ',"sampled":true' : ''}}\n`
  )
}
