import { type Authority, parseAuthority } from '../http1/authority.ts'
import type { IpRanges } from './ip-ranges.ts'
import { resolveClient } from './resolve-client.ts'

/** What of a request a proxy before us may correct. */
interface ProxiedHead extends Authority {
  defaultPort: number
  authority: string
  readonly forwarding: string
}

/** Who sends a request, and how. */
export interface BelievedClient {
  readonly address: string
  readonly scheme: 'http' | 'https'
}

/**
 * Takes over what a trusted proxy says: the client and its scheme are returned, the authority is written into the head. What is
 * no authority is left out of account. `peer`: the proxy, as the connection shows it.
 */
export function believeProxy(isTrusted: IpRanges, peer: BelievedClient, head: ProxiedHead): BelievedClient {
  if (head.forwarding === '') return peer
  const { address, scheme, host } = resolveClient(head.forwarding, peer.address, isTrusted)
  const believed = { address, scheme: scheme === '' ? peer.scheme : scheme }
  head.defaultPort = believed.scheme === 'https' ? 443 : 80
  const authority = { host: '', hostPort: 0, defaultPort: head.defaultPort }
  if (host !== '' && parseAuthority(host, authority)) head.authority = host
  parseAuthority(head.authority, head)
  return believed
}
