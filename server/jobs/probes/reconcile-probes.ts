import type { Queue } from 'bullmq'
import { hashText } from '../../../shared/routing/text-hash.ts'
import type { PlansByUpstream } from './desired-plans.ts'

const PREFIX = 'probe-'

/** Body of a probe's job. */
export interface ProbeJob {
  upstreamId: string
}

/** Brings the job schedulers to what is to be probed: one for each upstream, spread over its interval. */
export async function reconcileProbes(queue: Queue, plans: PlansByUpstream): Promise<{ added: number; removed: number }> {
  const known = new Map((await queue.getJobSchedulers()).map((scheduler) => [scheduler.key, scheduler]))
  let added = 0
  let removed = 0
  for (const [upstreamId, [plan]] of plans) {
    const id = PREFIX + upstreamId
    const every = plan!.active.intervalSeconds * 1000
    const scheduler = known.get(id)
    known.delete(id)
    if (scheduler?.every === every) continue
    await queue.upsertJobScheduler(id, { every, offset: (hashText(upstreamId) >>> 0) % every }, { name: 'probe', data: { upstreamId } satisfies ProbeJob })
    added++
  }
  for (const id of known.keys()) {
    if (!id.startsWith(PREFIX)) continue
    await queue.removeJobScheduler(id)
    removed++
  }
  return { added, removed }
}
