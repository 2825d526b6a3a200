import type { Listener } from '../../shared/schema/listener.ts'
import type { TlsPolicy } from '../../shared/schema/tls-policy.ts'
import type { PlacedListener } from '../configuration/runtime-part.ts'
import type { ThreadState } from '../state/thread-state.ts'
import { tlsTermsOf } from '../tls/tls-terms.ts'
import { compileIpRanges } from '../../shared/forwarding/ip-ranges.ts'
import { httpsLocation } from '../../shared/routing/redirect-location.ts'
import { answeringRoute } from './answering-route.ts'
import type { RuntimeListener, RuntimeRoute } from './runtime.ts'

const ACCESS_LOG = { off: 0, sampled: 1, full: 2 } as const

/** A listener as requests use it. */
export function buildListener({ value, tlsPolicy, row }: PlacedListener, state: ThreadState): RuntimeListener {
  return {
    config: value,
    row: state.listenerRow(row),
    accessLog: ACCESS_LOG[value.accessLog],
    tenantHeader: value.tenantHeader.name.toLowerCase(),
    acceptsTenantFrom: value.tenantHeader.acceptFrom,
    trusts: compileIpRanges(value.trustedProxies),
    tls: tlsPolicy === null || value.protocol === 'http' ? null : state.tlsServer(value.id, tlsTermsOf(value, tlsPolicy)),
    hsts: hstsOf(tlsPolicy),
    toHttps: value.redirectToHttps === undefined ? null : redirectRoute(value.redirectToHttps)
  }
}

/** RFC 6797 section 6.1. */
function hstsOf(policy: TlsPolicy | null): string {
  if (policy?.hsts === undefined) return ''
  const { maxAgeSeconds, includeSubDomains, preload } = policy.hsts
  return `Strict-Transport-Security: max-age=${maxAgeSeconds}${includeSubDomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}\r\n`
}

/** Stands in for the route of a request that is sent to https. */
function redirectRoute({ port, status }: NonNullable<Listener['redirectToHttps']>): RuntimeRoute {
  return answeringRoute({ status, code: '', body: '', fieldsFor: ({ host, query }, path) => `Location: ${httpsLocation(port, host, path, query)}\r\n` })
}
