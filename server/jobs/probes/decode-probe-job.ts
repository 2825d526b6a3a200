import { strictObject, uuid } from '../../../shared/schema/field.ts'
import { compileDecoder } from '../../../shared/snapshot/compile-decoder.ts'
import type { ProbeJob } from './reconcile-probes.ts'

const decode = compileDecoder(strictObject({ upstreamId: uuid() }))

/** What came from the queue. @throws Error when it is something else */
export function decodeProbeJob(data: unknown): ProbeJob {
  const decoded = decode(data)
  if (!decoded.ok) throw new Error(`the job's data is none: ${decoded.issues[0]?.message}`)
  return decoded.value
}
