import type { ApiClient } from './api-client.ts'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'
import { nearest } from './nearest.ts'

/** What every resource of the API has. */
export interface Stored {
  id: string
  name: string
  version: number
  enabled?: boolean
  tenantCode?: string
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The resource of a list that has this id, or this name (letter case ignored).
 * @throws Failure where there is none, or several tenants have one of that name
 */
export async function findNamed<T extends Stored>(api: ApiClient, kind: 'routes' | 'certificates' | 'secrets', given: string, tenant?: string): Promise<T> {
  if (UUID.test(given)) return api.get<T>(`/${kind}/${given}`)
  const near = await api.all<T>(`/${kind}`, { q: given })
  const found = near.filter((item) => item.name.toLowerCase() === given.toLowerCase() && (tenant === undefined || item.tenantCode === tenant))
  if (found.length > 1) {
    throw new Failure(EXIT.refused, `several ${kind} are called "${given}" (tenants ${found.map(({ tenantCode }) => tenantCode ?? 'none').join(', ')}); name one by its id: ${found.map(({ id }) => id).join(', ')}`)
  }
  const [only] = found
  if (only !== undefined) return only
  const names = near.length > 0 ? near : await api.all<T>(`/${kind}`, {}, 1000)
  const other = nearest(given, names.map(({ name }) => name))
  throw new Failure(EXIT.refused, `there is no ${kind.slice(0, -1)} "${given}"${other === null ? `; see "gateway ${kind} list"` : `; did you mean "${other}"?`}`, { code: 'not_found' })
}

/** Its version as If-Match wants it. */
export function ifMatch({ version }: Stored): Record<string, string> {
  return { 'if-match': `"${version}"` }
}
