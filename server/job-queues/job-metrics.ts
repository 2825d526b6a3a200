import type { Metric } from '../../shared/metrics/metrics-text.ts'
import type { Deps } from '../deps.ts'
import { countJobs, renewalsWithoutJob } from './job-counts.ts'

/** What control-jobs has to do and what is late, for Prometheus. Without Redis the jobs are not counted, the rest is. */
export async function jobMetrics(deps: Deps, now: Date): Promise<Metric[]> {
  const [queues, forgotten, waiting, failed] = await Promise.all([
    countJobs(deps).catch(() => null),
    renewalsWithoutJob(deps, now),
    deps.db.webhookDeliveries.count({ where: { state: 'pending' } }),
    deps.db.webhookDeliveries.count({ where: { state: 'failed' } })
  ])
  const jobs = (queues ?? []).flatMap(({ name, counts }) => Object.entries(counts).map(([state, value]) => ({ labels: { queue: name, state }, value })))
  return [
    { name: 'gateway_redis_up', help: '1 while Redis answers.', type: 'gauge', value: queues === null ? 0 : 1 },
    { name: 'gateway_jobs', help: 'Jobs by queue and state; completed and failed ones are kept for a while.', type: 'gauge', value: jobs },
    { name: 'gateway_renewals_without_job', help: 'Certificates whose renewal is due and has no job: an alarm when it is not 0.', type: 'gauge', value: forgotten },
    { name: 'gateway_webhook_deliveries', help: 'Events for webhooks that wait, and those of the last ones that failed.', type: 'gauge', value: [{ labels: { state: 'pending' }, value: waiting }, { labels: { state: 'failed' }, value: failed }] }
  ]
}
