import { DRAFTED_KINDS, type DraftedKind } from '../schema/resource.ts'
import type { SnapshotContent } from '../schema/snapshot.ts'
import type { NamedReference } from './named-references.ts'

/** What tells resources of a kind apart to people. */
export interface Named {
  name?: unknown
  tenantCode?: unknown
}

/** Ids by name: a name is unique for a kind and tenant, letter case ignored. */
export class NameBook {
  readonly #ids = new Map<string, string>()

  constructor(content: SnapshotContent) {
    for (const kind of DRAFTED_KINDS) for (const resource of content[kind]) this.set(kind, resource, resource.id)
  }

  set(kind: DraftedKind, named: Named, id: string): void {
    this.#ids.set(nameKey(kind, named), id)
  }

  get(kind: DraftedKind, named: Named): string | undefined {
    return this.#ids.get(nameKey(kind, named))
  }

  /** What a route of that tenant means: by a mere name its own tenant's first, then what all share. */
  find(kind: DraftedKind, tenantCode: unknown, reference: unknown): string | undefined {
    if (typeof reference === 'string') return this.get(kind, { tenantCode, name: reference }) ?? this.get(kind, { name: reference })
    return isNamed(reference) ? this.get(kind, reference) : undefined
  }

  /** How a route of that tenant names a resource. */
  refer(kind: DraftedKind, tenantCode: unknown, { id, name, tenantCode: own }: { id: string; name: string; tenantCode?: string }): NamedReference {
    if (this.find(kind, tenantCode, name) === id) return name
    return own === undefined ? { name } : { name, tenantCode: own }
  }
}

/** Equal for what would be one resource. */
export function nameKey(kind: DraftedKind, { name, tenantCode }: Named): string {
  return JSON.stringify([kind, tenantCode ?? '', String(name).toLowerCase()])
}

/** A name with a tenant, or with none, and nothing else. */
function isNamed(reference: unknown): reference is Named {
  if (typeof reference !== 'object' || reference === null || Array.isArray(reference)) return false
  const { name, tenantCode, ...rest } = reference as Record<string, unknown>
  return typeof name === 'string' && (tenantCode === undefined || typeof tenantCode === 'string') && Object.keys(rest).length === 0
}
