import type { TlsPolicy } from '../../shared/schema/tls-policy.ts'
import type { Credential } from '../credential.ts'
import type { Credentials } from '../state/credentials.ts'

/**
 * The certificates that a policy chooses from by name: those that it names, then those that came by ACME and serve the names that
 * it gives, or those of any route.
 */
export function certificatesOf({ certificateIds, acme }: Pick<TlsPolicy, 'certificateIds' | 'acme'>, credentials: Pick<Credentials, 'get' | 'byAcme'>): Credential[] {
  const { enabled, domains, fromRoutes } = acme
  const named = certificateIds.flatMap((id) => credentials.get(id) ?? [])
  return enabled ? [...named, ...credentials.byAcme().filter(({ names }) => fromRoutes || names.some((name) => domains.includes(name)))] : named
}
