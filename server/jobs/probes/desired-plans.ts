import { QueryTypes } from 'sequelize'
import type { Database } from '../../../db/database.ts'
import { type ProbePlan, probePlans } from '../../../shared/health/probe-plan.ts'
import { contentOf, findSnapshot } from '../../publishing/live.ts'

/** Revisions that nodes may want at one time and that are looked at, the newest. */
const MOST_REVISIONS = 4

/** What is to be probed, by upstream. */
export type PlansByUpstream = ReadonlyMap<string, readonly ProbePlan[]>

/** Reads what data nodes should serve; asks the database for contents only when other revisions are wanted than before. */
export class DesiredPlans {
  readonly #db: Database
  #key = ''
  #plans: PlansByUpstream = new Map()

  constructor(db: Database) {
    this.#db = db
  }

  /** Of the last refresh(). */
  get current(): PlansByUpstream {
    return this.#plans
  }

  async refresh(): Promise<PlansByUpstream> {
    const rows = await this.#db.sequelize.query<{ revision: number; sha256: string }>(
      'SELECT DISTINCT revision, sha256 FROM snapshots WHERE (epoch, revision) IN (SELECT epoch, revision FROM desired) ORDER BY revision DESC LIMIT :most',
      { replacements: { most: MOST_REVISIONS }, type: QueryTypes.SELECT }
    )
    const key = JSON.stringify(rows)
    if (key === this.#key) return this.#plans
    const plans = new Map<string, ProbePlan[]>()
    // The newest first: of a target that revisions check in two ways only that one is probed.
    for (const { revision } of rows) {
      for (const upstream of contentOf(await findSnapshot(this.#db, revision)).upstreams) {
        const fresh = probePlans(upstream)
        const known = plans.get(upstream.id) ?? []
        const added = fresh.filter(({ targetId }) => known.every((plan) => plan.targetId !== targetId))
        if (known.length + added.length > 0) plans.set(upstream.id, [...known, ...added])
      }
    }
    this.#key = key
    this.#plans = plans
    return plans
  }
}
