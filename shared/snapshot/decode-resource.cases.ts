import type { DraftedKind } from '../schema/resource.ts'
import { testId } from '../testing/content.ts'

/** An input and all the issues it must give: [pointer, code, a part of the message]. */
export interface RefusedCase {
  name: string
  kind: DraftedKind
  input: unknown
  issues: [path: string, code: string, message: string][]
}

const listener = { name: 'l', protocol: 'http', port: 80 }
const route = { name: 'r', isGlobal: true, upstreamId: testId(1) }
const target = { id: 'a', address: 'http://a' }
const provider = { name: 'p', issuer: 'https://i.example/', audiences: ['gateway'] }
const nested = (path: string[], value: unknown): unknown => path.reduceRight((inner, key) => ({ [key]: inner }), value)

const guard = (authorization: object) => ({ name: 'p', authorization })

const COPIED = ['X-Auth-User', 'Content-Length', 'transfer-encoding', 'Host', 'Connection', 'Keep-Alive', 'TE', 'Trailer', 'Upgrade', 'Expect', 'Proxy-Connection', 'X-Request-Id', 'X-Tenant-Code', 'X-Tenant-Source', 'X-Forwarded-For', 'X-Forwarded-User', 'Forwarded', 'Traceparent', 'X-Auth-Role']

/** One issue per mistake, and all of them at once. */
export const REFUSED_CASES: RefusedCase[] = [
  { name: 'not an object', kind: 'routes', input: [], issues: [['', 'invalid_value', 'the value must be an object']] },
  { name: 'null', kind: 'listeners', input: null, issues: [['', 'invalid_value', 'must be an object']] },
  {
    name: 'nothing at all',
    kind: 'listeners',
    input: {},
    issues: [
      ['/name', 'required', 'name is required'],
      ['/protocol', 'required', 'protocol'],
      ['/port', 'required', 'port']
    ]
  },
  {
    name: 'an empty route',
    kind: 'routes',
    input: {},
    issues: [
      ['/name', 'required', 'name'],
      ['', 'exactly_one_scope', 'tenantCode'],
      ['', 'exactly_one_action', 'none is given']
    ]
  },
  { name: 'a slip in a name', kind: 'listeners', input: { ...listener, adress: '::' }, issues: [['/adress', 'unknown_field', 'did you mean address?']] },
  { name: 'a slip deep inside', kind: 'listeners', input: { ...listener, limits: { maxheaders: 20 } }, issues: [['/limits/maxheaders', 'unknown_field', 'did you mean maxHeaders?']] },
  { name: 'a field from nowhere', kind: 'upstreams', input: { name: 'u', banana: 1 }, issues: [['/banana', 'unknown_field', 'no field banana here']] },
  { name: 'fields the control plane keeps', kind: 'upstreams', input: { id: testId(1), version: 1, name: 'u' }, issues: [['/id', 'unknown_field', ''], ['/version', 'unknown_field', '']] },
  { name: '__proto__', kind: 'upstreams', input: JSON.parse('{"name":"u","__proto__":{"enabled":false}}'), issues: [['/__proto__', 'unknown_field', '__proto__']] },
  { name: '__proto__ in a map', kind: 'upstreams', input: { name: 'u', targets: [{ ...target, metadata: JSON.parse('{"__proto__":"x"}') }] }, issues: [['/targets/0/metadata/__proto__', 'invalid_value', 'cannot be a key']] },
  { name: 'constructor', kind: 'upstreams', input: { name: 'u', constructor: 1 }, issues: [['/constructor', 'unknown_field', '']] },
  { name: 'a pointer with / and ~', kind: 'upstreams', input: { name: 'u', 'a/b~c': 1 }, issues: [['/a~1b~0c', 'unknown_field', '']] },
  { name: 'null for a field', kind: 'listeners', input: { ...listener, description: null, limits: null }, issues: [['/description', 'invalid_value', 'must be text'], ['/limits', 'invalid_value', 'must be an object']] },
  {
    name: 'wrong types',
    kind: 'listeners',
    input: { name: 1, protocol: true, port: '80', enabled: 'yes', trustedProxies: '10.0.0.0/8', labels: [] },
    issues: [
      ['/name', 'invalid_value', 'name must be text'],
      ['/labels', 'invalid_value', 'must be an object'],
      ['/enabled', 'invalid_value', 'must be true or false'],
      ['/protocol', 'invalid_value', 'one of http, https'],
      ['/port', 'invalid_value', 'whole number from 1 to 65535'],
      ['/trustedProxies', 'invalid_value', 'must be a list']
    ]
  },
  {
    name: 'numbers out of their limits, with the unit',
    kind: 'listeners',
    input: { ...listener, port: 65536, limits: { headerTimeoutMs: 1, maxHeaderBytes: 1.5, maxRequestBodyBytes: -1, maxHeaders: Infinity } },
    issues: [
      ['/port', 'invalid_value', 'from 1 to 65535'],
      ['/limits/maxHeaderBytes', 'invalid_value', '(bytes)'],
      ['/limits/maxHeaders', 'invalid_value', 'from 10 to 1000'],
      ['/limits/headerTimeoutMs', 'invalid_value', 'from 100 to 600000 (ms)'],
      ['/limits/maxRequestBodyBytes', 'invalid_value', 'from 0']
    ]
  },
  { name: 'a slip in a word', kind: 'listeners', input: { ...listener, protocol: 'HTTPS' }, issues: [['/protocol', 'invalid_value', 'did you mean https?']] },
  { name: 'empty, long and broken texts', kind: 'upstreams', input: { name: '', description: 'x'.repeat(2001), targets: [{ ...target, id: 'a\nb' }] }, issues: [['/name', 'invalid_value', 'must not be empty'], ['/description', 'invalid_value', 'at most 2000'], ['/targets/0/id', 'invalid_value', 'without control characters']] },
  { name: 'NUL and half a surrogate pair', kind: 'upstreams', input: { name: 'u', description: 'a\0', labels: { a: '\ud800' } }, issues: [['/description', 'invalid_value', 'NUL'], ['/labels/a', 'invalid_value', 'surrogate']] },
  { name: 'label keys and values', kind: 'upstreams', input: { name: 'u', labels: { '': 'x', 'a b': 'x', ok: 1 } }, issues: [['/labels/', 'invalid_value', 'cannot be a key of labels'], ['/labels/a b', 'invalid_value', ''], ['/labels/ok', 'invalid_value', 'ok must be text']] },
  { name: 'listener addresses', kind: 'listeners', input: { ...listener, address: 'localhost', trustedProxies: ['10.0.0.0/8', '10.0.0.0/33', '10.0.0.0/8'] }, issues: [['/address', 'invalid_value', 'an IP address'], ['/trustedProxies/1', 'invalid_value', 'an address range'], ['/trustedProxies/2', 'duplicate_value', 'same as item [0]']] },
  {
    name: 'targets',
    kind: 'upstreams',
    input: { name: 'u', targets: [target, { id: 'A', address: 'http://u:secret@a', host: '*.a', weight: 0 }, 7, { ...target, id: 'c', healthUrl: 'http://a/?x' }] },
    issues: [
      ['/targets/1/address', 'invalid_value', 'http://host:port'],
      ['/targets/1/host', 'invalid_value', 'example.com:8080'],
      ['/targets/1/weight', 'invalid_value', 'from 1 to 1000'],
      ['/targets/2', 'invalid_value', 'targets[2] must be an object'],
      ['/targets/3/healthUrl', 'invalid_value', 'without query or credentials'],
      ['/targets/1/id', 'duplicate_value', 'targets[0]']
    ]
  },
  { name: 'too many targets', kind: 'upstreams', input: { name: 'u', targets: Array.from({ length: 1001 }, () => 1) }, issues: [['/targets', 'invalid_value', 'at most 1000 items']] },
  { name: 'a union names what it can be', kind: 'upstreams', input: nested(['healthCheck', 'passive', 'policy'], { policy: 'ConsecutiveFailure' }), issues: [['/name', 'required', ''], ['/healthCheck/passive/policy/policy', 'invalid_value', 'did you mean ConsecutiveFailures?']] },
  { name: 'a union without its discriminator', kind: 'upstreams', input: { name: 'u', healthCheck: { passive: { policy: { failures: 3 } } } }, issues: [['/healthCheck/passive/policy/policy', 'required', 'TransportFailureRate, ConsecutiveFailures']] },
  { name: 'a field of the other variant', kind: 'upstreams', input: { name: 'u', healthCheck: { passive: { policy: { policy: 'ConsecutiveFailures', rate: 0.5 } } } }, issues: [['/healthCheck/passive/policy/rate', 'unknown_field', '']] },
  { name: 'a wrong field of the right variant', kind: 'upstreams', input: { name: 'u', healthCheck: { passive: { policy: { policy: 'TransportFailureRate', rate: 2 } } } }, issues: [['/healthCheck/passive/policy/rate', 'invalid_value', 'a number from 0 to 1']] },
  ...[{ keyName: 'Content-Length' }, { policy: 'CustomHeader', keyName: 'transfer-encoding' }, { keyName: 'X-Tenant-Code' }].map((sessionAffinity): RefusedCase => ({ name: `a session bound by ${sessionAffinity.keyName}`, kind: 'upstreams', input: { name: 'u', sessionAffinity }, issues: [['/sessionAffinity/keyName', 'invalid_value', 'another header']] })),
  { name: 'client certificates that nobody signs', kind: 'tlsPolicies', input: { name: 't', clientAuth: { mode: 'require' } }, issues: [['/clientAuth/caPem', 'required', 'where clients must show a certificate']] },
  { name: 'client certificates that nobody signs, where they may be shown', kind: 'tlsPolicies', input: { name: 't', clientAuth: { mode: 'request' } }, issues: [['/clientAuth/caPem', 'required', 'where clients may show a certificate']] },
  { name: 'TLS versions and authorities', kind: 'tlsPolicies', input: { name: 't', minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2', clientAuth: { mode: 'require', caPem: 'hello' } }, issues: [['/maxVersion', 'invalid_value', 'not be older'], ['/clientAuth/caPem', 'invalid_value', 'PEM']] },
  { name: 'expected statuses', kind: 'upstreams', input: { name: 'u', healthCheck: { active: { expectedStatuses: '200-299,99,300-200' } } }, issues: [['/healthCheck/active/expectedStatuses', 'invalid_value', 'a list such as']] },
  { name: 'expected statuses the wrong way round', kind: 'upstreams', input: { name: 'u', healthCheck: { active: { expectedStatuses: '200,300-200,600' } } }, issues: [['/healthCheck/active/expectedStatuses', 'invalid_value', '300-200'], ['/healthCheck/active/expectedStatuses', 'invalid_value', '600']] },
  { name: 'two scopes', kind: 'routes', input: { ...route, tenantCode: 't' }, issues: [['', 'exactly_one_scope', 'exactly one']] },
  { name: 'isGlobal is true or absent', kind: 'routes', input: { ...route, isGlobal: false }, issues: [['/isGlobal', 'invalid_value', 'isGlobal must be true']] },
  { name: 'two actions', kind: 'routes', input: { ...route, redirect: { to: '/x' } }, issues: [['', 'exactly_one_action', 'upstreamId and redirect are given']] },
  { name: 'a wrong action is still an action', kind: 'routes', input: { ...route, upstreamId: 'main' }, issues: [['/upstreamId', 'invalid_value', 'a UUID in lower case']] },
  { name: 'split', kind: 'routes', input: { name: 'r', isGlobal: true, split: [{ upstreamId: testId(1), weight: 0 }, { upstreamId: testId(1), weight: 0 }] }, issues: [['/split/1/upstreamId', 'duplicate_value', 'another entry'], ['/split', 'invalid_value', 'weight above 0']] },
  { name: 'line breaks in answers', kind: 'routes', input: { name: 'r', isGlobal: true, respond: { status: 200, headers: { 'x-a': 'a\r\nx-b: c', 'x b': '' } } }, issues: [['/respond/headers/x-a', 'invalid_value', 'no line breaks'], ['/respond/headers/x b', 'invalid_value', 'cannot be a key']] },
  { name: 'hosts', kind: 'routes', input: { ...route, match: { hosts: ['a.example', 'A.EXAMPLE', 'a..b', 'http://a', ''] } }, issues: [['/match/hosts/2', 'invalid_value', 'one of host, host:port'], ['/match/hosts/3', 'invalid_value', ''], ['/match/hosts/4', 'invalid_value', 'must not be empty'], ['/match/hosts/1', 'duplicate_value', 'hosts[1] is the same as item [0]']] },
  { name: 'methods', kind: 'routes', input: { ...route, match: { methods: ['GET', 'get', 'G T'] } }, issues: [['/match/methods/2', 'invalid_value', ''], ['/match/methods/1', 'duplicate_value', '']] },
  ...['api', '*'].map((value): RefusedCase => ({ name: `the path ${value}`, kind: 'routes', input: { ...route, match: { path: { type: 'prefix', value } } }, issues: [['/match/path/value', 'invalid_value', 'must start with /']] })),
  { name: 'a path with a query', kind: 'routes', input: { ...route, match: { path: { type: 'exact', value: '/a?b' } } }, issues: [['/match/path/value', 'invalid_value', 'match.query']] },
  { name: 'a path with a fragment', kind: 'routes', input: { ...route, match: { path: { type: 'exact', value: '/a#b' } } }, issues: [['/match/path/value', 'invalid_value', '%23']] },
  ...['/..', '/%zz', '/a\\b', '/%5c', '/%00'].map((value): RefusedCase => ({ name: `the path ${value}`, kind: 'routes', input: { ...route, match: { path: { type: 'prefix', value } } }, issues: [['/match/path/value', 'invalid_value', 'not a path that a request can have']] })),
  {
    name: 'header and query rules',
    kind: 'routes',
    input: { ...route, match: { headers: [{ name: 'a b' }, { Name: 'x', name: 'x', Mode: 'Exist' }, { name: 'y', mode: 'Exists', values: ['1'] }], query: [{ name: 'q', values: [''] }, { name: 'q' }] } },
    issues: [
      ['/match/headers/0/name', 'invalid_value', 'letters, digits'],
      ['/match/headers/1/mode', 'invalid_value', 'did you mean Exists?'],
      ['/match/headers/1/Name', 'unknown_field', 'did you mean name?'],
      ['/match/query/0/values/0', 'invalid_value', 'must not be empty'],
      ['/match/headers/0/values', 'required', 'ExactHeader'],
      ['/match/headers/2/values', 'invalid_value', 'must be empty with mode Exists'],
      ['/match/query/1/values', 'required', 'Exact']
    ]
  },
  { name: 'a provider with no key, or two', kind: 'providers', input: provider, issues: [['', 'exactly_one_key', 'exactly one of jwksUrl, key and secretName']] },
  { name: 'a provider with two keys', kind: 'providers', input: { ...provider, jwksUrl: 'https://i.example/', key: '{"kty":"EC"}' }, issues: [['', 'exactly_one_key', 'exactly one']] },
  { name: 'a private key', kind: 'providers', input: { ...provider, key: '-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----' }, issues: [['/key', 'private_key', 'public key']] },
  { name: 'a secret as a key', kind: 'providers', input: { ...provider, key: '{"kty":"oct","k":"c2VjcmV0"}' }, issues: [['/key', 'invalid_value', 'other than oct']] },
  { name: 'alg none and a shared secret', kind: 'providers', input: { ...provider, jwksUrl: 'https://i.example/', algorithms: ['none', 'HS256'] }, issues: [['/algorithms/0', 'invalid_value', 'RS256'], ['/algorithms', 'invalid_value', 'needs secretName']] },
  { name: 'a key pair with a secret', kind: 'providers', input: { ...provider, secretName: 'a' }, issues: [['/algorithms', 'invalid_value', 'need a key pair']] },
  { name: 'a key set that is no URL, a token from nowhere', kind: 'providers', input: { ...provider, jwksUrl: 'file:///etc/passwd', from: 'query:token' }, issues: [['/jwksUrl', 'invalid_value', 'http or https URL'], ['/from', 'invalid_value', 'bearer or cookie:NAME']] },
  { name: 'a policy about nothing', kind: 'policies', input: { name: 'p' }, issues: [['', 'exactly_one_kind', 'none is given']] },
  { name: 'a policy about two things', kind: 'policies', input: { name: 'p', compression: {}, responseGuard: {} }, issues: [['', 'exactly_one_kind', 'compression and responseGuard are given']] },
  { name: 'two ways to come in', kind: 'policies', input: guard({ anonymous: true, jwt: {} }), issues: [['/authorization', 'exactly_one_way', 'anonymous and jwt are given']] },
  { name: 'a misspelled way', kind: 'policies', input: guard({ apikey: {} }), issues: [['/authorization/apikey', 'unknown_field', 'did you mean apiKey?'], ['/authorization', 'exactly_one_way', 'none is given']] },
  { name: 'keys', kind: 'policies', input: guard({ apiKey: { keys: [{ name: 'a' }, { name: 'a', hash: 'a'.repeat(64), secretName: 's' }, { name: 'b', hash: 'A' }] } }), issues: [['/authorization/apiKey/keys/2/hash', 'invalid_value', '64 lower-case hex'], ['/authorization/apiKey', 'exactly_one_place', 'header and query'], ['/authorization/apiKey/keys/0', 'exactly_one_credential', ''], ['/authorization/apiKey/keys/1', 'exactly_one_credential', ''], ['/authorization/apiKey/keys/1/name', 'duplicate_value', 'twice']] },
  { name: 'one key of two people', kind: 'policies', input: guard({ apiKey: { header: 'X-Key', keys: ['a', 'b'].map((name) => ({ name, hash: 'a'.repeat(64) })) } }), issues: [['/authorization/apiKey/keys/1/hash', 'duplicate_value', 'another key']] },
  ...['Connection', 'Host', 'X-Tenant-Code', 'X-Tenant-Source', 'X-Request-Id', 'X-Forwarded-Host', 'forwarded', 'TraceParent', 'Trailer', 'Proxy-Authorization', 'HTTP2-Settings'].map((header): RefusedCase => ({ name: `a key in the header ${header}, which is gone by then`, kind: 'policies', input: guard({ apiKey: { header, keys: [{ name: 'a', secretName: 's' }] } }), issues: [['/authorization/apiKey/header', 'invalid_value', 'another header']] })),
  { name: 'credentials for another service', kind: 'policies', input: guard({ forward: { url: 'http://gateway:secret@auth.local/check' } }), issues: [['/authorization/forward/url', 'invalid_value', 'without credentials']] },
  { name: 'copied headers that the gateway writes', kind: 'policies', input: guard({ forward: { url: 'http://a/', copyHeaders: COPIED } }), issues: COPIED.flatMap((name, index): RefusedCase['issues'] => (name.startsWith('X-Auth') || name === 'X-Forwarded-User' ? [] : [[`/authorization/forward/copyHeaders/${index}`, 'invalid_value', `${name} is written by the gateway itself; take it out`]])) },
  ...['secret', '$2b$12$abcdefghijklmnopqrstuv', '$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$Tuxj4FiJ7WKTY4C8oaWX8Cg0dTBd', '$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$Tuxj4FiJ7WKTY4C8oaWX8Cg0dTBd'].map((hash): RefusedCase => ({ name: `a password as ${hash}`, kind: 'policies', input: guard({ basic: { users: [{ name: 'ann', hash }] } }), issues: [['/authorization/basic/users/0/hash', 'invalid_value', '$scrypt$']] })),
  { name: 'a user with a colon, a realm with a quote', kind: 'policies', input: guard({ realm: 'a"b', basic: { users: [{ name: 'a:b', secretName: 's' }] } }), issues: [['/authorization/basic/users/0/name', 'invalid_value', 'without a colon'], ['/authorization/realm', 'invalid_value', 'without quotes']] },
  { name: 'addresses', kind: 'policies', input: guard({ anonymous: true, ipAllow: ['10.0.0.0/33'], ipDeny: ['all'] }), issues: [['/authorization/ipAllow/0', 'invalid_value', 'an address range'], ['/authorization/ipDeny/0', 'invalid_value', 'an address range']] },
  { name: 'credentials for everybody', kind: 'policies', input: { name: 'p', cors: { origins: ['*'], headers: ['*'], credentials: true } }, issues: [['/cors/origins/0', 'invalid_value', 'does not go together'], ['/cors/headers/0', 'invalid_value', 'does not go together']] },
  ...['https://a.example/', 'a.example', 'https://*', 'null', 'HTTPS://a.example'].map((origin): RefusedCase => ({ name: `the origin ${origin}`, kind: 'policies', input: { name: 'p', cors: { origins: [origin] } }, issues: [['/cors/origins/0', 'invalid_value', 'an origin such as']] })),
  { name: 'limits', kind: 'policies', input: { name: 'p', rateLimiter: { algorithm: 'slidingWindow', limit: 0, burst: 3, key: 'cookie' } }, issues: [['/rateLimiter/limit', 'invalid_value', ''], ['/rateLimiter/key', 'invalid_value', 'ip, user, tenant'], ['/rateLimiter/burst', 'invalid_value', 'tokenBucket only']] }
]
