import { believeProxy } from '../forwarding/believe-proxy.ts'
import { compileIpRanges } from '../forwarding/ip-ranges.ts'
import type { RequestHead } from '../http1/request-head.ts'
import { identify, type RequestIdentity } from '../identity/identify.ts'
import { invalidToken, NO_TOKEN, type TokenIdentity } from '../identity/token-identity.ts'
import { tokenPlace } from '../identity/token-place.ts'
import type { ExplainedRequest, ExplainRequest } from '../schema/explain.ts'
import type { Listener } from '../schema/listener.ts'
import type { Provider } from '../schema/provider.ts'
import type { ExplainedClient } from './explain-context.ts'

/** Who a request comes from. */
export interface ExplainedCaller {
  readonly client: ExplainedClient
  readonly identity: RequestIdentity
  readonly token: ExplainedRequest['token']
}

/** What a data node found out about who sent a request whose headers it did not keep. */
export interface ServedCaller {
  readonly scheme: 'http' | 'https'
  readonly tenant: string
  readonly tenantSource: RequestIdentity['tenantSource']
  readonly token: TokenIdentity['state']
}

/** As data nodes find it out, but for tokens: nobody here has the keys that they are verified with. */
export function explainCaller(listener: Listener, providers: readonly Provider[], given: ExplainRequest, head: RequestHead): ExplainedCaller {
  const trusts = compileIpRanges(listener.trustedProxies)
  const isTrusted = trusts !== null && trusts(given.clientAddress)
  const peer = { address: given.clientAddress, scheme: listener.protocol }
  const client = { ...(isTrusted ? believeProxy(trusts, peer, head) : peer), peer: given.clientAddress }
  const identity: RequestIdentity = { user: '', tenant: '', tenantSource: '' }
  const { token, seen } = tokenOf(given, providers, head.fields)
  identify(token, { tenantHeader: listener.tenantHeader.name.toLowerCase(), acceptsTenantFrom: listener.tenantHeader.acceptFrom }, isTrusted, head, identity)
  return { client, identity, token: seen }
}

function tokenOf({ token }: ExplainRequest, providers: readonly Provider[], fields: string): { token: TokenIdentity; seen: ExplainedRequest['token'] } {
  if (token !== undefined) return { token: { ...NO_TOKEN, state: 'valid', user: token.user, tenant: token.tenantCode ?? '' }, seen: 'valid' }
  const isThere = providers.some(({ enabled, from }) => enabled && tokenPlace(from)(fields) !== '')
  return isThere ? { token: invalidToken('unverified', Infinity), seen: 'unverified' } : { token: NO_TOKEN, seen: 'none' }
}

/** The address is the client's, who came through whatever proxy. */
export function servedCaller({ scheme, tenant, tenantSource, token }: ServedCaller, address: string): ExplainedCaller {
  return { client: { address, peer: address, scheme }, identity: { user: '', tenant, tenantSource }, token }
}
