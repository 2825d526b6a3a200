import type { DraftedKind } from '../../../../shared/schema/resource.ts'
import { session } from '../../session/session.svelte.ts'

/** Kinds of which a tenant has resources of its own, and those that it sees. */
const OWNED: readonly DraftedKind[] = ['routes', 'upstreams', 'policies']
const SEEN: readonly DraftedKind[] = [...OWNED, 'listeners']

export function mayEditKind(kind: DraftedKind): boolean {
  return session.may('editor') && (session.tenants === null || OWNED.includes(kind))
}

export function maySeeKind(kind: DraftedKind): boolean {
  return session.tenants === null || SEEN.includes(kind)
}

/** The kind, where the API changes many of it at a time. */
export function bulkKindOf(kind: DraftedKind): 'routes' | 'upstreams' | undefined {
  return kind === 'routes' || kind === 'upstreams' ? kind : undefined
}

/** Also whose it is: who is limited to some tenants sees what others share with these, and leaves it alone. */
export function mayEdit(kind: DraftedKind, of: object): boolean {
  return mayEditKind(kind) && isOwn(of as { tenantCode?: string })
}

/** Whether it belongs to a tenant of who looks; everything does for who is not limited. */
export function isOwn({ tenantCode }: { tenantCode?: string | null | undefined }): boolean {
  return session.tenants === null || (typeof tenantCode === 'string' && session.tenants.includes(tenantCode))
}

/** What a new resource begins with to be of the person's tenant. */
export function ownTenant(): { tenantCode?: string } {
  const [first] = session.tenants ?? []
  return first === undefined ? {} : { tenantCode: first }
}
