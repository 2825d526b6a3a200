/** What housekeeping keeps, and for how long. */
export interface Retention {
  /** Revisions are kept this long, */
  snapshotDays: number
  /** and no more than this many: whoever publishes by the minute would fill the disk. */
  snapshots: number
  /** null: the audit is kept for ever. */
  auditDays: number | null
  /** Samples of the nodes' traffic. */
  trafficDays: number
  /** Nodes that nobody heard of for so long leave the list, and their token is refused. */
  nodeHours: number
}

/** The newest revisions are kept whatever their age. */
export const KEPT_ALWAYS = 20

export const DEFAULT_RETENTION: Retention = { snapshotDays: 90, snapshots: 1_000, auditDays: null, trafficDays: 7, nodeHours: 2_160 }

export const RETENTION_VARIABLES = [
  { name: 'SNAPSHOTS_KEPT_DAYS', text: 'revisions that are older are removed, 1 to 36500; never live, desired or pinned ones, nor the last 20', default: '90' },
  { name: 'SNAPSHOTS_KEPT', text: 'most revisions that are kept, 20 to 100000', default: '1000' },
  { name: 'AUDIT_KEPT_DAYS', text: 'rows of the audit that are older are removed, 1 to 36500; needs SECRETS_KEY, which signs where the audit begins then' },
  { name: 'TRAFFIC_KEPT_DAYS', text: "how long the samples of the nodes' traffic are kept, 1 to 365", default: '7' },
  { name: 'NODE_FORGET_HOURS', text: 'a node that was silent for so many hours is removed with its token, 1 to 876000', default: '2160' }
] as const

/** Reads the variables above; what is wrong is added to `wrong`. */
export function readRetention(value: (name: string) => string | undefined, wrong: string[]): Retention {
  const whole = (name: string, least: number, most: number): number => {
    const text = value(name) ?? ''
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN
    if (!(number >= least && number <= most)) wrong.push(`${name} must be a number from ${least} to ${most}`)
    return number
  }
  return {
    snapshotDays: whole('SNAPSHOTS_KEPT_DAYS', 1, 36_500),
    snapshots: whole('SNAPSHOTS_KEPT', KEPT_ALWAYS, 100_000),
    auditDays: value('AUDIT_KEPT_DAYS') === undefined ? null : whole('AUDIT_KEPT_DAYS', 1, 36_500),
    trafficDays: whole('TRAFFIC_KEPT_DAYS', 1, 365),
    nodeHours: whole('NODE_FORGET_HOURS', 1, 876_000)
  }
}
