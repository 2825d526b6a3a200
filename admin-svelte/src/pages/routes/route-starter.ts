import { toApiError } from '../../api/api-error.ts'
import { api } from '../../api/api.ts'
import type { Spec } from '../../editing/spec.ts'
import { ownTenant } from '../resources/may-edit.ts'

const EVERYTHING = { match: { path: { type: 'prefix', value: '/' } } }

/**
 * What a new route begins with: one of everybody, or of the tenant that the person is limited to, within what it was granted.
 * A tenant without a grant begins with its name alone; the server says what it lacks.
 */
export async function routeStarter(signal: AbortSignal): Promise<Spec> {
  const { tenantCode } = ownTenant()
  if (tenantCode === undefined) return { isGlobal: true, ...EVERYTHING }
  const grant = await api.grants.get(tenantCode, signal).catch((thrown: unknown) => (toApiError(thrown).status === 404 ? null : Promise.reject(thrown)))
  if (grant === null) return { tenantCode, ...EVERYTHING }
  const { listenerIds, hostSuffixes, priority } = grant
  const host = hostSuffixes.find((suffix) => suffix !== '*')
  return {
    tenantCode,
    listenerIds,
    match: { ...(host === undefined || hostSuffixes.includes('*') ? {} : { hosts: [host] }), ...EVERYTHING.match },
    ...(priority.min > 0 || priority.max < 0 ? { priority: priority.min } : {})
  }
}
