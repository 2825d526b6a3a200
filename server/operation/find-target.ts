import type { Database } from '../../db/database.ts'
import type { TargetOverrideRow } from '../../db/models/target-overrides.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'
import type { Upstream } from '../../shared/schema/upstream.ts'
import { type Actor, tenantsOf } from '../auth/actor.ts'
import { AppError } from '../http/app-error.ts'
import { contentOf, findLive } from '../publishing/live.ts'
import { tenantScopeOf } from '../tenancy/tenant-scope.ts'
import { visibleIds } from '../tenancy/visible-content.ts'
import type { TargetPlace } from './override-target.ts'

/** The live upstream of a target that is operated. @throws AppError not_found, outside_grant for one of another tenant */
export async function findTarget(db: Database, actor: Actor, { upstreamId, targetId }: TargetPlace): Promise<Identified<Upstream>> {
  const upstream = await findUpstream(db, upstreamId)
  if (upstream === undefined) throw new AppError('not_found', { message: `There is no live upstream with the id ${upstreamId}; one that is only in the draft gets no requests.` })
  checkTenant(actor, upstream)
  if (!upstream.targets.some(({ id }) => id === targetId)) throw new AppError('not_found', { message: `The live upstream "${upstream.name}" has no target ${targetId}.` })
  return upstream
}

/**
 * Whether the actor may take back what was said about the target, which may be gone by now; returns the tenant of its upstream.
 * @throws AppError outside_grant
 */
export async function checkRestore(db: Database, actor: Actor, { upstreamId }: TargetPlace): Promise<string | undefined> {
  const upstream = await findUpstream(db, upstreamId)
  checkTenant(actor, upstream)
  return upstream?.tenantCode
}

/** Those that the actor may see. */
export async function visibleOverrides(db: Database, actor: Actor, rows: readonly TargetOverrideRow[]): Promise<TargetOverrideRow[]> {
  const scope = await tenantScopeOf(db, actor)
  if (scope === null) return [...rows]
  const visible = visibleIds(contentOf(await findLive(db)), scope)
  return rows.filter(({ upstreamId }) => visible.has(upstreamId))
}

async function findUpstream(db: Database, upstreamId: string): Promise<Identified<Upstream> | undefined> {
  return contentOf(await findLive(db)).upstreams.find(({ id }) => id === upstreamId)
}

function checkTenant(actor: Actor, upstream: Identified<Upstream> | undefined): void {
  const tenants = tenantsOf(actor)
  if (tenants === null || (upstream?.tenantCode !== undefined && tenants.includes(upstream.tenantCode))) return
  throw new AppError('outside_grant', { message: 'Only targets of upstreams of your own tenants can be operated by you.' })
}
