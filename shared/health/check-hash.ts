import { HASH_START, hashNext } from '../routing/text-hash.ts'
import { canonicalJson } from '../snapshot/canonical.ts'
import type { Target, Upstream } from '../schema/upstream.ts'

/** Names what a probe is about: when address, check or TLS settings change, nothing that was found before counts. 16 hex digits. */
export function checkHash(upstream: Pick<Upstream, 'healthCheck' | 'connection'>, { address, host, healthUrl }: Target): string {
  const text = canonicalJson({ address, host: host ?? '', healthUrl: healthUrl ?? '', active: upstream.healthCheck.active, tls: upstream.connection.tls })
  return half(text, HASH_START) + half(text, HASH_START ^ 0x5bd1e995)
}

function half(text: string, start: number): string {
  let hash = start
  for (let index = 0; index < text.length; index++) hash = hashNext(hash, text.charCodeAt(index))
  return (hash >>> 0).toString(16).padStart(8, '0')
}
