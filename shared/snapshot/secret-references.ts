import type { SnapshotContent } from '../schema/snapshot.ts'

/** A place that names a secret. */
export interface SecretReference {
  kind: 'routes' | 'providers' | 'policies'
  id: string
  name: string
  /** Of the resource; absent where it has none. */
  tenantCode?: string | undefined
  /** JSON pointer from the root of the content. */
  path: string
  secretName: string
}

const PLACEHOLDER = /\$\{secret:([^}]*)\}/g

/** Everything in a content that names a secret. */
export function secretReferences({ routes, providers, policies }: SnapshotContent): SecretReference[] {
  const found: SecretReference[] = []
  for (const [index, { id, name, tenantCode, transforms }] of routes.entries()) {
    for (const [place, transform] of transforms.entries()) {
      for (const [key, value] of Object.entries(transform)) {
        for (const [, secretName = ''] of value.matchAll(PLACEHOLDER)) found.push({ kind: 'routes', id, name, tenantCode, path: `/routes/${index}/transforms/${place}/${key}`, secretName })
      }
    }
  }
  for (const [index, { id, name, secretName }] of providers.entries()) {
    if (secretName !== undefined) found.push({ kind: 'providers', id, name, path: `/providers/${index}/secretName`, secretName })
  }
  for (const [index, { id, name, tenantCode, authorization }] of policies.entries()) {
    const lists = { 'apiKey/keys': authorization?.apiKey?.keys ?? [], 'basic/users': authorization?.basic?.users ?? [] }
    for (const [place, list] of Object.entries(lists)) {
      for (const [entry, { secretName }] of list.entries()) {
        if (secretName !== undefined) found.push({ kind: 'policies', id, name, tenantCode, path: `/policies/${index}/authorization/${place}/${entry}/secretName`, secretName })
      }
    }
  }
  return found
}

/** The names of all secrets that a content needs, each once. */
export function secretNames(content: SnapshotContent): string[] {
  return [...new Set(secretReferences(content).map(({ secretName }) => secretName))].sort()
}
