import { createHash } from 'node:crypto'
import type { Listener } from '../../shared/schema/listener.ts'
import type { TlsPolicy } from '../../shared/schema/tls-policy.ts'
import type { Identified } from '../../shared/schema/snapshot.ts'

/** How one listener speaks TLS. Plain data. */
export interface TlsTerms {
  readonly policy: TlsPolicy
  /** null: clients whose name no certificate fits are refused. */
  readonly defaultCertificateId: string | null
  /** Offered by ALPN, the best first. */
  readonly protocols: readonly string[]
  /** Equal for listeners that ask the same of clients: a session of one may be resumed at the other. */
  readonly context: string
}

export function tlsTermsOf(listener: Identified<Listener>, policy: Identified<TlsPolicy>): TlsTerms {
  const protocols = policy.alpn.filter((protocol) => protocol !== 'h2' || listener.http2 !== false)
  return {
    policy,
    defaultCertificateId: listener.defaultCertificateId ?? policy.defaultCertificateId ?? null,
    protocols,
    context: createHash('sha256').update(JSON.stringify([policy.id, policy.clientAuth, protocols])).digest('hex').slice(0, 32)
  }
}
