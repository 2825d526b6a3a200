import type { SnapshotContent } from '../../shared/schema/snapshot.ts'
import { findPolicy, namedPolicies, policyBook } from '../../shared/policies/find-policy.ts'
import { referencesOf } from '../resources/references.ts'
import { isOwn, type TenantScope } from './tenant-scope.ts'

/**
 * The ids of what a scope may see of a content: what is of its tenants, and of what is shared the listeners, upstreams and
 * policies that its routes name and the listeners and upstreams that were granted. Providers and TLS policies concern every tenant.
 */
export function visibleIds(content: SnapshotContent, scope: TenantScope): Set<string> {
  const routes = content.routes.filter(({ tenantCode }) => isOwn(scope, tenantCode))
  const named = new Set([
    ...routes.flatMap((route) => referencesOf('routes', route).map(({ id }) => id)),
    ...scope.grants.flatMap(({ listenerIds, upstreamIds }) => [...listenerIds, ...upstreamIds])
  ])
  const listeners = content.listeners.filter(({ id }) => named.has(id))
  const book = policyBook(content.policies)
  const used = new Set(routes.flatMap((route) => namedPolicies(route).map(({ name }) => findPolicy(book, route.tenantCode, name)?.id)))
  const policies = content.policies.filter(({ id, tenantCode }) => (tenantCode === undefined ? used.has(id) : isOwn(scope, tenantCode)))
  const upstreams = content.upstreams.filter(({ id, tenantCode }) => (tenantCode === undefined ? named.has(id) : isOwn(scope, tenantCode)))
  return new Set([...routes, ...listeners, ...upstreams, ...policies].map(({ id }) => id))
}

/** The resources of a content that have these ids. */
export function contentWithin(content: SnapshotContent, ids: ReadonlySet<string>): SnapshotContent {
  const isIn = ({ id }: { id: string }): boolean => ids.has(id)
  return { listeners: content.listeners.filter(isIn), upstreams: content.upstreams.filter(isIn), routes: content.routes.filter(isIn), policies: content.policies.filter(isIn), providers: [], tlsPolicies: [] }
}

/** What a scope may see of a content; all of it for who is not limited (`null`). */
export function visibleContent(content: SnapshotContent, scope: TenantScope | null): SnapshotContent {
  return scope === null ? content : contentWithin(content, visibleIds(content, scope))
}
