import type { JobItem } from '../../api/types.ts'
import { t, type WordKey } from '../../i18n/language.svelte.ts'

/** By queue and name. */
const JOBS: Readonly<Record<string, WordKey>> = {
  'acme look': 'jobs.acmeLook',
  'acme order': 'jobs.acmeOrder',
  'probes probe': 'jobs.probe',
  'webhooks look': 'jobs.webhooksLook',
  'webhooks deliver': 'jobs.webhooksDeliver',
  'housekeeping housekeeping': 'jobs.housekeeping',
  'housekeeping notice': 'jobs.notice'
}

/** What a job does; its own name where the page does not know it. */
export function jobWords({ queue, name }: Pick<JobItem, 'queue' | 'name'>): string {
  const words = JOBS[`${queue} ${name}`]
  return words === undefined ? name : t(words)
}

/** What it was given; '' for nothing. */
export function jobData(data: unknown): string {
  const isEmpty = data === null || data === undefined || (typeof data === 'object' && Object.keys(data).length === 0)
  return isEmpty ? '' : JSON.stringify(data)
}
