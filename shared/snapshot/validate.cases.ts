import type { Given } from '../testing/content.ts'
import { testId } from '../testing/content.ts'

/** A configuration and what validateContent() must say about it: `severity pointer code`, in any order. */
export interface ValidateCase {
  name: string
  listeners?: Given[]
  upstreams?: Given[]
  routes?: Given[]
  providers?: Given[]
  tlsPolicies?: Given[]
  policies?: Given[]
  issues: string[]
}

const path = (value: string, more: object = {}) => ({ path: { type: 'prefix', value, ...more } })
const conflict = (index: number) => `error /routes/${index}/match route_conflict`
const two = (first: Given, second: Given) => [first, second]

const CONFLICTS: ValidateCase[] = [
  { name: 'two routes without criteria', routes: two({}, {}), issues: [conflict(1)] },
  { name: 'each route is told once, whatever the number of its likes', routes: [{}, {}, {}], issues: [conflict(1), conflict(2)] },
  { name: 'the same path written in two ways', routes: two({ match: path('/a/../b') }, { match: path('/%62') }), issues: [conflict(1)] },
  { name: 'one host in common', routes: two({ match: { hosts: ['a.example', 'b.example'] } }, { match: { hosts: ['c.example', 'B.example:*'] } }), issues: [conflict(1)] },
  { name: 'the same wildcard', routes: two({ match: { hosts: ['*.a.example:80'] } }, { match: { hosts: ['*.A.example:80'] } }), issues: [conflict(1)] },
  { name: 'the host * is no host', routes: two({ match: { hosts: ['*'] } }, {}), issues: [conflict(1)] },
  { name: 'one method in common', routes: two({ match: { methods: ['GET', 'PUT'] } }, { match: { methods: ['PUT', 'POST'] } }), issues: [conflict(1)] },
  { name: 'one listener in common', listeners: [{}, { port: 81 }], routes: two({ listenerIds: [testId(1), testId(2)] }, { listenerIds: [testId(2)] }), issues: [conflict(1)] },
  { name: 'the same path with letter case ignored', routes: two({ match: path('/A', { caseSensitive: false }) }, { match: path('/a', { caseSensitive: false }) }), issues: [conflict(1)] },
  { name: 'letter case said and left at its default', routes: two({ match: path('/a', { caseSensitive: true }) }, { match: path('/a') }), issues: [conflict(1)] },
  { name: 'the same rules in another order and letter case of the name', routes: two({ match: { headers: [{ name: 'a', values: ['1', '2'] }, { name: 'b', mode: 'Exists' }] } }, { match: { headers: [{ name: 'B', mode: 'Exists' }, { name: 'A', values: ['2', '1'] }] } }), issues: [conflict(1)] },
  { name: 'another priority', routes: two({ priority: 1 }, { match: path('/') }), issues: ['warning /routes/1/match route_shadowed'] },
  { name: 'a disabled route', routes: two({}, { enabled: false }), issues: [] },
  { name: 'another path', routes: two({ match: path('/a') }, { match: path('/b') }), issues: [] },
  { name: 'prefix and exact', routes: two({ match: path('/a') }, { match: { path: { type: 'exact', value: '/a' } } }), issues: [] },
  { name: 'another host', routes: two({ match: { hosts: ['a.example'] } }, { match: { hosts: ['b.example'] } }), issues: [] },
  { name: 'host and host with port', routes: two({ match: { hosts: ['a.example'] } }, { match: { hosts: ['a.example:80'] } }), issues: [] },
  { name: 'wildcards of other lengths', routes: two({ match: { hosts: ['*.example'] } }, { match: { hosts: ['*.a.example'] } }), issues: [] },
  { name: 'other methods', routes: two({ match: { methods: ['GET'] } }, { match: { methods: ['PUT'] } }), issues: [] },
  { name: 'methods and no methods', routes: two({ match: { methods: ['GET'] } }, {}), issues: [] },
  { name: 'other listeners', listeners: [{}, { port: 81 }], routes: two({ listenerIds: [testId(1)] }, { listenerIds: [testId(2)] }), issues: [] },
  { name: 'named listeners and all of two', listeners: [{}, { port: 81 }], routes: two({ listenerIds: [testId(1)] }, {}), issues: [] }
].map((given) => ({ ...given, name: `route_conflict: ${given.name}` }))

const collision = (index: number) => `error /listeners/${index}/port listener_collision`
const LISTENERS: ValidateCase[] = [
  { name: 'same address and port', listeners: two({ address: '127.0.0.1' }, { address: '127.0.0.1' }), issues: [collision(1)] },
  { name: 'every address first', listeners: two({}, { address: '127.0.0.1' }), issues: [collision(1)] },
  { name: 'every address last', listeners: [{ address: '127.0.0.1' }, { address: '127.0.0.2' }, {}], issues: [collision(2)] },
  { name: 'every address in the middle', listeners: [{ address: '127.0.0.1' }, {}, { address: '127.0.0.2' }], issues: [collision(1), collision(2)] },
  { name: 'the same IPv6 address written in two ways', listeners: two({ address: '::1' }, { address: '0:0::1' }), issues: [collision(1)] },
  { name: 'http and https', listeners: two({}, { protocol: 'https' }), issues: [collision(1), 'error /listeners/1/tlsPolicyId tls_policy_required'] },
  { name: 'IPv6 and IPv4', listeners: two({ address: '::' }, {}), issues: [] },
  { name: 'two addresses', listeners: two({ address: '127.0.0.1' }, { address: '127.0.0.2' }), issues: [] },
  { name: 'two ports', listeners: two({}, { port: 81 }), issues: [] },
  { name: 'a disabled one', listeners: two({}, { enabled: false }), issues: [] }
].map((given) => ({ ...given, name: `listener_collision: ${given.name}` }))

const OTHERS: ValidateCase[] = [
  { name: 'an empty configuration', listeners: [], upstreams: [], issues: [] },
  { name: 'tls_policy_required, and fields that http has no use for', listeners: [{ tlsPolicyId: testId(1), defaultCertificateId: testId(9) }], tlsPolicies: [{}], issues: ['tlsPolicyId', 'defaultCertificateId'].map((field) => `error /listeners/0/${field} tls_field_on_http`) },
  { name: 'http2 on http', listeners: [{ http2: true, http2Engine: 'http2-proxy' }, { http2: false, port: 8082 }], issues: ['error /listeners/0/http2 tls_field_on_http', 'error /listeners/0/http2Engine tls_field_on_http'] },
  { name: 'an https listener whose TLS policy is there, disabled, or has no certificate', listeners: [1, 2, 3, 4].map((policy, index) => ({ protocol: 'https', port: 8443 + index, tlsPolicyId: testId(policy) })), tlsPolicies: [{}, { enabled: false }, { certificateIds: [] }], issues: ['error /listeners/1/tlsPolicyId tls_policy_disabled', 'error /listeners/2/tlsPolicyId no_certificate', 'error /listeners/3/tlsPolicyId unknown_reference'] },
  { name: 'wildcards by ACME, in a policy and in a route', listeners: two({}, { protocol: 'https', port: 8443, tlsPolicyId: testId(1) }), tlsPolicies: [{ certificateIds: [], acme: { enabled: true, domains: ['a.example', '*.b.example'], fromRoutes: true } }], routes: [{ listenerIds: [testId(2)], match: { hosts: ['c.example', '*.c.example'] } }, { match: { hosts: ['*.d.example'] } }], issues: ['error /tlsPolicies/0/acme/domains/1 acme_wildcard_needs_upload', 'warning /routes/0/match/hosts acme_wildcard_needs_upload'] },
  { name: 'a wildcard that has a certificate of its own', listeners: two({}, { protocol: 'https', port: 8443, tlsPolicyId: testId(1) }), tlsPolicies: [{ certificateIds: [testId(9)], acme: { enabled: true, fromRoutes: true } }], routes: [{ listenerIds: [testId(2)], match: { hosts: ['*.c.example'] } }, {}], issues: [] },
  { name: 'ACME without a listener that the authority could ask', listeners: two({ enabled: false }, { protocol: 'https', port: 8443, tlsPolicyId: testId(1) }), tlsPolicies: [{ acme: { enabled: true, domains: ['a.example'] } }], issues: ['warning /listeners/1 acme_unreachable'] },
  { name: 'duplicate_name and duplicate_id', upstreams: [{ name: 'Main' }, { name: 'mAIN', number: 1 }], issues: ['error /upstreams/1/name duplicate_name', 'error /upstreams/1/id duplicate_id'] },
  { name: 'one name in two kinds', upstreams: [{ name: 'x' }], routes: [{ name: 'x' }], issues: [] },
  { name: 'unknown_reference', routes: [{ upstreamId: testId(8), listenerIds: [testId(1), testId(9)] }], issues: ['error /routes/0/upstreamId unknown_reference', 'error /routes/0/listenerIds/1 unknown_reference'] },
  { name: 'unknown_reference inside split and mirror, of a disabled route too', routes: [{ enabled: false, split: [{ upstreamId: testId(1) }, { upstreamId: testId(8) }], mirror: { upstreamId: testId(9) } }], issues: ['error /routes/0/split/1/upstreamId unknown_reference', 'error /routes/0/mirror/upstreamId unknown_reference'] },
  { name: 'literal_secret', routes: [{ transforms: [{ RequestHeader: 'Authorization', Set: 'Basic YTpi' }, { RequestHeader: 'X-Api-Token', Append: 'abc' }, { RequestHeader: 'X-Other', Set: 'abc' }] }], issues: ['error /routes/0/transforms/0/Set literal_secret', 'error /routes/0/transforms/1/Append literal_secret'] },
  { name: 'a secret to the origin, and one to the client', routes: [{ transforms: [{ RequestHeader: 'Authorization', Set: 'Bearer ${secret:x}' }, { ResponseHeader: 'X-A', Set: '${secret:x}' }] }], issues: ['error /routes/0/transforms/1/Set secret_to_client'] },
  { name: 'forwarded_by_hand', routes: [{ transforms: [{ RequestHeader: 'X-Forwarded-For', Set: 'true' }] }], issues: ['warning /routes/0/transforms/0/RequestHeader forwarded_by_hand'] },
  { name: 'duplicate_issuer', providers: [{ issuer: 'https://a.example' }, { issuer: 'https://a.example' }, { issuer: 'https://a.example', enabled: false }], issues: ['error /providers/1/issuer duplicate_issuer'] },
  { name: 'gateway_owned_header: in a fixed answer', routes: [{ respond: { status: 200, headers: { 'Content-Length': '7', 'x-request-id': 'my', 'X-A': 'b' } } }], issues: ['Content-Length', 'x-request-id'].map((name) => `error /routes/0/respond/headers/${name} gateway_owned_header`) },
  { name: 'gateway_owned_header', routes: [{ transforms: [{ RequestHeader: 'X-Tenant-Code', Set: 'a' }, { RequestHeader: 'X-Tenant', Set: 'a' }, { requestheaderremove: 'x-request-id' }] }], issues: ['error /routes/0/transforms/0/RequestHeader gateway_owned_header', 'error /routes/0/transforms/2/requestheaderremove gateway_owned_header'] },
  { name: 'gateway_owned_header, by every transform that could', routes: [{ match: { path: { type: 'pattern', value: '/{t}' } }, transforms: [{ RequestHeaderRouteValue: 'X-Tenant-Code', Set: 't' }, { ClientCert: 'x-tenant-source' }, { RequestHeader: 'X-Request-Id', Append: 'a' }, { ResponseHeader: 'X-Request-Id', Set: 'a' }] }], issues: ['error /routes/0/transforms/0/RequestHeaderRouteValue gateway_owned_header', 'error /routes/0/transforms/1/ClientCert gateway_owned_header', 'error /routes/0/transforms/2/RequestHeader gateway_owned_header'] },
  { name: 'not forwarded_by_hand when the route says so itself', routes: [{ transforms: [{ 'X-Forwarded': 'Off' }, { RequestHeader: 'X-Forwarded-For', Set: 'true' }] }, { match: { path: { type: 'prefix', value: '/a' } }, transforms: [{ 'X-Forwarded': 'Set', For: 'Off' }, { RequestHeader: 'X-Forwarded-For', Set: '10.0.0.1' }] }, { match: { path: { type: 'prefix', value: '/b' } }, transforms: [{ 'X-Forwarded': 'Append' }, { RequestHeader: 'X-Forwarded-For', Append: '10.0.0.1' }, { RequestHeader: 'X-Forwarded-Port', Set: '443' }] }], issues: [] },
  { name: 'forwarded_by_hand, by every transform that could, and over X-Forwarded', routes: [{ match: { path: { type: 'pattern', value: '/{ip}' } }, transforms: [{ RequestHeaderRouteValue: 'x-forwarded-for', Set: 'ip' }, { RequestHeaderRemove: 'X-Forwarded-Proto' }, { RequestHeader: 'Forwarded', Set: 'for=a' }] }, { match: { path: { type: 'prefix', value: '/x' } }, transforms: [{ RequestHeader: 'X-Forwarded-Host', Set: 'a' }, { 'X-Forwarded': 'Set', For: 'Off' }] }], issues: ['warning /routes/0/transforms/0/RequestHeaderRouteValue forwarded_by_hand', 'warning /routes/0/transforms/1/RequestHeaderRemove forwarded_by_hand', 'warning /routes/0/transforms/2/RequestHeader forwarded_by_hand', 'warning /routes/1/transforms/0/RequestHeader forwarded_by_hand'] },
  { name: 'no_targets: none', upstreams: [{ targets: [] }], routes: [{}], issues: ['warning /routes/0/upstreamId no_targets'] },
  { name: 'no_targets: none enabled', upstreams: [{ targets: [{ id: 'a', address: 'http://a', enabled: false }] }], routes: [{}, { enabled: false }], issues: ['warning /routes/0/upstreamId no_targets'] },
  { name: 'no_targets: a disabled upstream', upstreams: [{ enabled: false }], routes: [{}], issues: ['warning /routes/0/upstreamId no_targets'] },
  { name: 'unusual_method', routes: [{ match: { methods: ['GET', 'TRACE', 'PROPFIND'] } }], issues: ['warning /routes/0/match/methods/1 unusual_method', 'warning /routes/0/match/methods/2 unusual_method'] },
  { name: 'route_shadowed by a bigger priority', routes: [{ match: path('/a/b') }, { match: path('/a'), priority: 1 }], issues: ['warning /routes/0/match route_shadowed'] },
  { name: 'route_shadowed by several routes together', routes: [{ match: { ...path('/a'), methods: ['GET', 'PUT'] } }, { match: { ...path('/a'), methods: ['GET'] }, priority: 1 }, { match: { ...path('/'), methods: ['PUT'] }, priority: 1 }], issues: ['warning /routes/0/match route_shadowed'] },
  { name: 'not shadowed: other methods are left', routes: [{ match: path('/a/b') }, { match: { ...path('/a'), methods: ['GET'] }, priority: 1 }], issues: [] },
  { name: 'not shadowed: paths below are left', routes: [{ match: path('/a') }, { match: { path: { type: 'exact', value: '/a' } } }], issues: [] },
  { name: 'not shadowed: the listener of the other is disabled', listeners: [{}, { port: 81, enabled: false }], routes: [{}, { listenerIds: [testId(2)], priority: 1 }], issues: ['warning /routes/1/listenerIds route_without_listener'] },
  { name: 'host_route_overtaken by a longer path', routes: [{ match: { hosts: ['a.example'], ...path('/') } }, { match: path('/api') }], issues: ['warning /routes/1/match host_route_overtaken'] },
  { name: 'host_route_overtaken by a bigger priority', routes: [{ match: { hosts: ['*.a.example'], ...path('/api') } }, { match: path('/'), priority: 1 }], issues: ['warning /routes/1/match host_route_overtaken', 'warning /routes/0/match route_shadowed'] },
  { name: 'not overtaken: the host goes first', routes: [{ match: { hosts: ['a.example'], ...path('/') } }, { match: path('/') }, {}], issues: ['warning /routes/2/match route_shadowed'] },
  { name: 'not overtaken: other listeners', listeners: [{}, { port: 81 }], routes: [{ listenerIds: [testId(1)], match: { hosts: ['a.example'] } }, { listenerIds: [testId(2)], match: path('/api') }], issues: [] }
]

const overlap = (index: number) => `warning /routes/${index}/match route_overlap`
const pattern = (value: string) => ({ path: { type: 'pattern', value } })
const header = (name: string, ...values: string[]) => ({ headers: [{ name, values }] })
const OVERLAPS: ValidateCase[] = [
  { name: 'two patterns that leave another segment open', routes: two({ match: pattern('/a/{x}') }, { match: pattern('/{y}/b') }), issues: [] },
  { name: 'two patterns of the same form', routes: two({ match: pattern('/{x}/a/{z:int}') }, { match: pattern('/{x}/{y}/{z:int}') }), issues: [] },
  { name: 'rules about other headers', routes: two({ match: header('X-A', '1') }, { match: header('X-B', '1') }), issues: [overlap(1)] },
  { name: 'rules about other parameters', routes: two({ match: { query: [{ name: 'a', mode: 'Exists' }] } }, { match: { query: [{ name: 'b', mode: 'Exists' }] } }), issues: [overlap(1)] },
  { name: 'patterns with other constraints', routes: two({ match: pattern('/{x:int}') }, { match: pattern('/{x:range(1,9)}') }), issues: [overlap(1), 'warning /routes/1/match route_shadowed'] },
  { name: 'not: other values of one header', routes: two({ match: header('X-A', '1') }, { match: header('X-A', '2') }), issues: [] },
  { name: 'not: a bigger priority decides', routes: two({ match: header('X-A', '1'), priority: 1 }, { match: header('X-B', '1') }), issues: [] },
  { name: 'not: other methods', routes: two({ match: { ...header('X-A', '1'), methods: ['GET'] } }, { match: { ...header('X-B', '1'), methods: ['PUT'] } }), issues: [] },
  { name: 'not: other listeners', listeners: [{}, { port: 81 }], routes: two({ match: header('X-A', '1'), listenerIds: [testId(1)] }, { match: header('X-B', '1'), listenerIds: [testId(2)] }), issues: [] },
  { name: 'not: other tenants', routes: two({ match: header('X-A', '1'), tenantCode: 'a' }, { match: header('X-B', '1'), tenantCode: 'b' }), issues: [] }
].map((given) => ({ ...given, name: `route_overlap: ${given.name}` }))

const affine = (given: object = {}, more: object = {}) => ({ sessionAffinity: { enabled: true, policy: 'HashCookie', keyName: 'k', ...given }, ...more })
const TWO_TARGETS = { targets: [{ id: 'a', address: 'http://a.example' }, { id: 'b', address: 'http://b.example' }] }
const hotspot = 'warning /upstreams/0/sessionAffinity/policy tenant_affinity_hotspot'
const METHODS = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE']
const exactly = (value: string) => ({ path: { type: 'exact', value } })
const cannot = (place: string) => `warning ${place} cannot_mean_that`
const LINTS: ValidateCase[] = [
  { name: 'route_without_listener: all of its listeners are disabled', listeners: [{}, { port: 81, enabled: false }], routes: [{ listenerIds: [testId(2)] }, {}], issues: ['warning /routes/0/listenerIds route_without_listener'] },
  { name: 'route_without_listener: there is none', listeners: [], routes: [{}, { enabled: false }], issues: ['warning /routes/0/listenerIds route_without_listener'] },
  { name: 'proxy_header_of_anybody', listeners: [{ proxyProtocol: true }, { port: 81, proxyProtocol: true, trustedProxies: ['10.0.0.0/8'] }, { port: 82, proxyProtocol: true, enabled: false }], issues: ['warning /listeners/0/trustedProxies proxy_header_of_anybody'] },
  { name: 'listener_without_routes', listeners: [{}, { port: 81 }, { port: 82, enabled: false }], routes: [{ listenerIds: [testId(1)] }], issues: ['warning /listeners/1 listener_without_routes'] },
  { name: 'not listener_without_routes: one serves all, or there are no routes yet', listeners: [{}, { port: 81 }], routes: [{ listenerIds: [testId(1)] }, { match: path('/b') }], issues: [] },
  { name: 'affinity_key_collision of cookies and of headers', upstreams: [affine(), affine({ policy: 'ArrCookie' }), affine({ policy: 'CustomHeader', keyName: 'X-K' }), affine({ policy: 'CustomHeader', keyName: 'x-k' })], issues: ['warning /upstreams/1/sessionAffinity/keyName affinity_key_collision', 'warning /upstreams/3/sessionAffinity/keyName affinity_key_collision'] },
  { name: 'not affinity_key_collision: another path, name or place, switched off, keys of clients', upstreams: [affine(), affine({ cookie: { path: '/b' } }), affine({ keyName: 'K' }), affine({ policy: 'CustomHeader' }), affine({ enabled: false }), affine({}, { enabled: false }), affine({ policy: 'Hash' }), affine({ policy: 'Hash' })], issues: [] },
  { name: 'tenant_affinity_hotspot', upstreams: [affine({ policy: 'Hash' }, TWO_TARGETS)], routes: [{ tenantCode: 't' }, { tenantCode: 't', match: path('/b') }], issues: [hotspot] },
  { name: 'not tenant_affinity_hotspot: another tenant too', upstreams: [affine({ policy: 'Hash' }, TWO_TARGETS)], routes: [{ tenantCode: 't' }, { tenantCode: 'u' }], issues: [] },
  { name: 'not tenant_affinity_hotspot: users are known', upstreams: [affine({ policy: 'Hash' }, TWO_TARGETS)], routes: [{ tenantCode: 't' }], providers: [{}], issues: [] },
  { name: 'not tenant_affinity_hotspot: one target, or all tenants', upstreams: [affine({ policy: 'Hash' }), affine({ policy: 'Hash' }, TWO_TARGETS)], routes: [{ tenantCode: 't' }, { upstreamId: testId(2), match: path('/b') }], issues: [] },
  { name: 'unreachable_target', upstreams: [{ targets: ['0.0.0.0', '[::]', '224.0.0.1', '255.255.255.255', '10.0.0.1'].map((host, index) => ({ id: String(index), address: `http://${host}:9000` })) }], issues: [0, 1, 2, 3].map((index) => `warning /upstreams/0/targets/${index}/address unreachable_target`) },
  { name: 'target_is_listener', listeners: [{}, { port: 8081, address: '10.0.0.1' }], upstreams: [{ targets: ['localhost:8080', '127.0.0.1:8081', '10.0.0.1:8081', '127.0.0.1:8082'].map((host, index) => ({ id: String(index), address: `http://${host}` })) }], issues: [0, 2].map((index) => `warning /upstreams/0/targets/${index}/address target_is_listener`) },
  { name: 'tenant_mismatch', upstreams: [{ tenantCode: 't' }, {}, { tenantCode: 't' }], routes: [{ tenantCode: 't' }, { match: path('/b') }, { tenantCode: 'u' }, { split: [{ upstreamId: testId(2) }, { upstreamId: testId(1) }], match: path('/c'), mirror: { upstreamId: testId(3) } }], issues: ['/routes/1/upstreamId', '/routes/2/upstreamId', '/routes/3/split/1/upstreamId', '/routes/3/mirror/upstreamId'].map((place) => `error ${place} tenant_mismatch`) },
  { name: 'cannot_mean_that: paths', routes: [{ match: path('/{id}') }, { match: { path: { type: 'exact', value: '/a*' } } }, { match: { path: { type: 'regex', value: 'api/.*' } } }, { match: { path: { type: 'regex', value: '/api/.*' } } }], issues: [0, 1, 2].map((index) => cannot(`/routes/${index}/match/path/value`)) },
  { name: 'cannot_mean_that: hosts and rules', routes: [{ match: { hosts: ['a.example', '*'], headers: [{ name: 'Connection', mode: 'Exists' }], query: [{ name: 'a=1', mode: 'Exists' }] } }], issues: [cannot('/routes/0/match/hosts/1'), cannot('/routes/0/match/headers/0/name'), cannot('/routes/0/match/query/0/name')] },
  { name: 'cannot_mean_that: everybody of one family of addresses', policies: [{ authorization: { anonymous: true, ipDeny: ['10.0.0.0/8', '::/0'] } }, { authorization: { anonymous: true, ipAllow: ['0.0.0.0/0'] } }, { authorization: { anonymous: true, ipAllow: ['0.0.0.0/0', '::/0'], ipDeny: ['fd00::/8'] } }], routes: [1, 2, 3].map((number) => ({ authorizationPolicy: `policy ${number}`, match: path(`/${number}`) })), issues: [cannot('/policies/0/authorization/ipDeny/1'), cannot('/policies/1/authorization/ipAllow/0')] },
  { name: 'cannot_mean_that: headers that routes never see', routes: [{ match: { headers: ['Keep-Alive', 'TE', 'expect', 'Content-Length', 'Transfer-Encoding', 'Upgrade', 'Upgrade-Insecure-Requests', 'Proxy-Authorization', 'PROXY-ANYTHING', 'HTTP2-Settings', 'Alt-Svc', 'ALPN', 'Close', 'Security-Scheme', 'Accept', 'Host', 'traceparent', 'X-Forwarded-For', 'X-Tenant-Code', 'Trailer', 'Proxy'].map((name) => ({ name, mode: 'Exists' })) } }], issues: Array.from({ length: 14 }, (_, index) => cannot(`/routes/0/match/headers/${index}/name`)) },
  { name: 'cannot_mean_that: actions', upstreams: [{}, {}], routes: [{ redirect: { to: '{path}{query}' } }, { match: path('/b'), mirror: { upstreamId: testId(1) } }], issues: [cannot('/routes/0/redirect/to'), cannot('/routes/1/mirror/upstreamId')] },
  { name: 'cannot_mean_that: redirects', routes: ['https://a.example/{nope}', 'a.example/x', 'a.example{path}', '/a', '/a{query}'].map((to, index) => ({ match: { ...exactly('/a'), methods: [METHODS[index]] }, redirect: { to } })), issues: [0, 1, 2, 3, 4].map((index) => cannot(`/routes/${index}/redirect/to`)) },
  { name: 'not cannot_mean_that: redirects', routes: ['https://{host}{path}{query}', '/b', '//a.example/x', '?x.y=1', 'b'].map((to, index) => ({ match: { ...exactly('/a'), methods: [METHODS[index]] }, redirect: { to } })), issues: [] },
  { name: 'cannot_mean_that: a body where there is none', routes: [{ respond: { status: 204, body: 'x' } }, { match: path('/b'), respond: { status: 200, body: 'x' } }], issues: [cannot('/routes/0/respond/body')] }
]

const limiter = { name: 'often', rateLimiter: { limit: 1 } }
const guard = (given: object = {}) => ({ name: 'staff', ...given })
const POLICIES: ValidateCase[] = [
  { name: 'unknown_reference: a policy of that name', policies: [guard()], routes: [{ authorizationPolicy: 'stuff' }, { authorizationPolicy: 'STAFF', match: path('/b') }], issues: ['error /routes/0/authorizationPolicy unknown_reference'] },
  { name: 'words that mean none', routes: [{ authorizationPolicy: 'Anonymous', rateLimiterPolicy: 'Disable', corsPolicy: 'disable' }], issues: [] },
  { name: 'unknown_reference: Default is no word of ours', routes: [{ authorizationPolicy: 'Default' }], issues: ['error /routes/0/authorizationPolicy unknown_reference'] },
  { name: 'a policy of another tenant is none', policies: [guard({ tenantCode: 't' })], routes: [{ tenantCode: 't', authorizationPolicy: 'staff' }, { tenantCode: 'u', authorizationPolicy: 'staff' }, { authorizationPolicy: 'staff', match: path('/b') }], issues: ['error /routes/1/authorizationPolicy unknown_reference', 'error /routes/2/authorizationPolicy unknown_reference'] },
  { name: 'other_policy_kind', policies: [guard()], routes: [{ authorizationPolicy: 'staff', corsPolicy: 'staff' }], issues: ['error /routes/0/corsPolicy other_policy_kind'] },
  { name: 'policy_disabled', policies: [guard({ enabled: false })], routes: [{ authorizationPolicy: 'staff' }, { authorizationPolicy: 'staff', enabled: false }], issues: ['error /routes/0/authorizationPolicy policy_disabled'] },
  { name: 'reserved_name', policies: [{ name: 'Anonymous', enabled: false }, { name: 'disable', enabled: false }], issues: ['error /policies/0/name reserved_name', 'error /policies/1/name reserved_name'] },
  { name: 'raw_path_guarded', policies: [guard()], routes: [{ authorizationPolicy: 'staff', forwardPath: 'raw' }, { authorizationPolicy: 'anonymous', forwardPath: 'raw', match: path('/b') }], issues: ['error /routes/0/forwardPath raw_path_guarded'] },
  { name: 'no_provider', policies: [guard({ authorization: { jwt: {} } }), { authorization: { jwt: { provider: 'provider 1' } } }], providers: [{ enabled: false }], routes: [{ authorizationPolicy: 'staff' }, { authorizationPolicy: 'policy 2', match: path('/b') }], issues: ['error /policies/0/authorization/jwt no_provider', 'error /policies/1/authorization/jwt/provider no_provider'] },
  { name: 'unknown_reference: a provider of that name', policies: [guard({ authorization: { jwt: { provider: 'provider 2' } } })], providers: [{}], routes: [{ authorizationPolicy: 'staff' }], issues: ['error /policies/0/authorization/jwt/provider unknown_reference'] },
  { name: 'only_observes', policies: [guard({ mode: 'observe' })], routes: [{ authorizationPolicy: 'staff' }], issues: ['warning /routes/0/authorizationPolicy only_observes'] },
  { name: 'limit_by_spelling', policies: [limiter], routes: [{ match: path('/login'), rateLimiterPolicy: 'often' }, {}], issues: ['warning /routes/0/rateLimiterPolicy limit_by_spelling'] },
  { name: 'limit_by_spelling: only by letter case', policies: [limiter], routes: [{ match: { path: { type: 'exact', value: '/login' } }, rateLimiterPolicy: 'often' }, { match: path('/Login') }], issues: ['warning /routes/0/rateLimiterPolicy limit_by_spelling'] },
  { name: 'not limit_by_spelling: no other route, the same limit, or a guard', policies: [limiter, { name: 'all', authorization: { anonymous: true } }], routes: [{ match: path('/a'), rateLimiterPolicy: 'often' }, { match: path('/b'), rateLimiterPolicy: 'often', authorizationPolicy: 'all' }, { rateLimiterPolicy: 'OFTEN' }], issues: [] },
  { name: 'not limit_by_spelling: nobody else is there', policies: [limiter], routes: [{ match: path('/a'), rateLimiterPolicy: 'often' }], issues: [] },
  { name: 'client_chosen_key', policies: [guard({ rateLimiter: { limit: 1, key: 'header:X-A' } })], routes: [{ rateLimiterPolicy: 'staff' }], issues: ['warning /policies/0/rateLimiter/key client_chosen_key'] },
  { name: 'unused_policy', policies: [guard(), { enabled: false }], issues: ['warning /policies/0 unused_policy'] }
]

export const VALIDATE_CASES: ValidateCase[] = [...POLICIES, ...CONFLICTS, ...LISTENERS, ...OTHERS, ...OVERLAPS, ...LINTS]
