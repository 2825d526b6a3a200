import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { transformRequest } from './apply-transforms.ts'
import { compileTransforms } from './compile-transforms.ts'
import type { RequestDraft, TransformContext } from './drafts.ts'
import { routeValueNames } from './route-value-names.ts'

const ROUTE_VALUES: Record<string, string> = { id: '7', name: 'a b/ü', rest: 'x/y z', empty: '' }
const context: TransformContext = {
  requestId: 'r-1', clientIp: '192.0.2.7', peerIp: '192.0.2.7', clientPort: 4711, localIp: '2001:db8::1', localPort: 80, scheme: 'http', tenant: 't1', user: '', clientCertificate: '',
  routeValue: (name) => ROUTE_VALUES[name.toLowerCase()] ?? null,
  encodedRouteValue: () => null,
  secret: (name) => name === 'key' ? 's3cret' : null,
  random: () => 0
}
const known = new Set(['id', 'name', 'rest', 'empty', 'gone'])

type Transforms = Record<string, string>[]

/** What the origin would get, in one line: `METHOD target | Host | field; field`. */
function request(transforms: Transforms, given: Partial<RequestDraft> = {}, with_: Partial<TransformContext> = {}): string {
  const { compiled, problems } = compileTransforms(transforms, known)
  assert.deepEqual(problems, [])
  const draft: RequestDraft = { method: 'GET', path: '/api/items', query: '?a=1&b=2', fields: 'Accept: */*\r\nX-A: one\r\n', forwarding: '', host: '', originalHost: 'shop.example', ...given }
  transformRequest(compiled, draft, { ...context, ...with_ })
  const fields = draft.fields.split('\r\n').filter((line) => line !== '').join('; ')
  return `${draft.method} ${draft.path}${draft.query} | ${draft.host === '' ? 'target' : draft.host} | ${fields}`
}

function response(transforms: Transforms, status: number, which: 'response' | 'trailers' = 'response'): string {
  const { compiled, problems } = compileTransforms(transforms, known)
  assert.deepEqual(problems, [])
  const draft = { status, fields: 'X-A: one\r\nX-B: two\r\n' }
  for (const step of compiled[which]) step(draft, context)
  return draft.fields.split('\r\n').filter((line) => line !== '').join('; ')
}

const FORWARDED = 'X-Forwarded-For: 192.0.2.7; X-Forwarded-Proto: http; X-Forwarded-Host: shop.example'
const off = { 'X-Forwarded': 'Off' }
const PLAIN = 'target | Accept: */*; X-A: one'

/** What a client says about whom it forwards for. */
const CAME = 'X-Forwarded-For: 6.6.6.6\r\nForwarded: for=7.7.7.7\r\nX-Forwarded-Port: 99\r\n'

const REQUESTS: [string, Transforms, string, Partial<RequestDraft>?, Partial<TransformContext>?][] = [
  ['none: the defaults', [], `GET /api/items?a=1&b=2 | ${PLAIN}; ${FORWARDED}`],
  ['PathPrefix', [{ PathPrefix: '/p' }], `GET /p/api/items?a=1&b=2 | ${PLAIN}; ${FORWARDED}`],
  ['PathPrefix without slash', [{ PathPrefix: 'p/' }, off], `GET /p/api/items?a=1&b=2 | ${PLAIN}`],
  ['PathRemovePrefix', [{ PathRemovePrefix: '/api' }, off], `GET /items?a=1&b=2 | ${PLAIN}`],
  ['PathRemovePrefix, letter case ignored', [{ PathRemovePrefix: '/API/' }, off], `GET /items?a=1&b=2 | ${PLAIN}`],
  ['PathRemovePrefix only on a boundary', [{ PathRemovePrefix: '/ap' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}`],
  ['PathRemovePrefix of everything', [{ PathRemovePrefix: '/api/items' }, off], `GET /?a=1&b=2 | ${PLAIN}`],
  ['PathSet', [{ PathSet: '/x y?' }, off], `GET /x%20y%3F?a=1&b=2 | ${PLAIN}`],
  ['PathPattern', [{ PathPattern: '/my/{id}/{**rest}' }, off], `GET /my/7/x/y%20z?a=1&b=2 | ${PLAIN}`],
  ['PathPattern, one star', [{ PathPattern: '/{*rest}' }, off], `GET /x%2Fy%20z?a=1&b=2 | ${PLAIN}`],
  ['PathPattern, a value that is not there', [{ PathPattern: '/a/{gone}/b' }, off], `GET /a/b?a=1&b=2 | ${PLAIN}`],
  ['PathRegexReplace', [{ PathRegexReplace: '^/api/(.*)$', Set: '/v2/$1?x' }, off], `GET /v2/items%3Fx?a=1&b=2 | ${PLAIN}`],
  ['PathRegexReplace, nothing found', [{ PathRegexReplace: 'nothing', Set: '' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}`],
  ['PathPattern, a default', [{ PathPattern: '/a/{gone=z}' }, off], `GET /a/z?a=1&b=2 | ${PLAIN}`],
  ['PathPattern, several parts', [{ PathPattern: '/v{id}-{name}' }, off], `GET /v7-a%20b%2F%C3%BC?a=1&b=2 | ${PLAIN}`],
  ['keys in any letter case', [{ pathprefix: '/p' }, { 'x-forwarded': 'off' }], `GET /p/api/items?a=1&b=2 | ${PLAIN}`],
  ['in the order of the list', [{ PathSet: '/a' }, { PathPrefix: '/b' }, off], `GET /b/a?a=1&b=2 | ${PLAIN}`],
  ['QueryValueParameter Set', [{ QueryValueParameter: 'A', Set: 'x y' }, off], `GET /api/items?A=x%20y&b=2 | ${PLAIN}`],
  ['QueryValueParameter Set, new', [{ QueryValueParameter: 'c', Set: '3' }, off], `GET /api/items?c=3 | ${PLAIN}`, { query: '' }],
  ['QueryValueParameter Append', [{ QueryValueParameter: 'a', Append: '3' }, off], `GET /api/items?a=1&a=3&b=2 | ${PLAIN}`],
  ['QueryRouteParameter', [{ QueryRouteParameter: 'n', Set: 'name' }, off], `GET /api/items?a=1&b=2&n=a%20b%2F%C3%BC | ${PLAIN}`],
  ['QueryRouteParameter without value', [{ QueryRouteParameter: 'n', Set: 'gone' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}`],
  ['QueryRemoveParameter', [{ QueryRemoveParameter: 'A' }, off], `GET /api/items?b=2 | ${PLAIN}`],
  ['QueryRemoveParameter, encoded name', [{ QueryRemoveParameter: 'a b' }, off], `GET /api/items?x=%zz | ${PLAIN}`, { query: '?a%20b=1&x=%zz&a+b' }],
  ['QueryRemoveAll', [{ QueryRemoveAll: 'true' }, off], `GET /api/items | ${PLAIN}`],
  ['HttpMethodChange', [{ HttpMethodChange: 'get', Set: 'POST' }, off], `POST /api/items?a=1&b=2 | ${PLAIN}`],
  ['HttpMethodChange of another method', [{ HttpMethodChange: 'PUT', Set: 'POST' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}`],
  ['RequestHeader Set', [{ RequestHeader: 'x-a', Set: 'new' }, off], 'GET /api/items?a=1&b=2 | target | Accept: */*; x-a: new'],
  ['RequestHeader Append', [{ RequestHeader: 'X-A', Append: 'two' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}; X-A: two`],
  ['RequestHeader with placeholders', [{ RequestHeader: 'X-B', Set: '${tenant}/{id}/${client.ip}/${request.id} {"a":1}' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}; X-B: t1/7/192.0.2.7/r-1 {"a":1}`],
  ['RequestHeader with a secret', [{ RequestHeader: 'X-B', Set: 'Bearer ${secret:key}' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}; X-B: Bearer s3cret`],
  ['a secret that is not there changes nothing', [{ RequestHeader: 'X-B', Set: '${secret:other}' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}`],
  ['RequestHeader: Host wins over the original host', [{ RequestHeaderOriginalHost: 'true' }, { RequestHeader: 'Host', Set: 'h.example' }, off], 'GET /api/items?a=1&b=2 | h.example | Accept: */*; X-A: one'],
  ['RequestHeaderOriginalHost', [{ RequestHeaderOriginalHost: 'true' }, off], 'GET /api/items?a=1&b=2 | shop.example | Accept: */*; X-A: one'],
  ['RequestHeaderRouteValue', [{ RequestHeaderRouteValue: 'X-Id', Set: 'id' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Id: 7`],
  ['RequestHeaderRouteValue, beyond ASCII', [{ RequestHeaderRouteValue: 'X-N', Set: 'name' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}; X-N: a b/%C3%BC`],
  ['RequestHeaderRemove', [{ RequestHeaderRemove: 'x-a' }, off], 'GET /api/items?a=1&b=2 | target | Accept: */*'],
  ['RequestHeadersCopy', [{ RequestHeader: 'X-B', Set: '1' }, { RequestHeadersCopy: 'false' }, off], 'GET /api/items?a=1&b=2 | target | X-B: 1'],
  ['RequestHeadersAllowed', [{ RequestHeadersAllowed: 'x-a; x-other' }, off], 'GET /api/items?a=1&b=2 | target | X-A: one'],
  ['X-Forwarded Append', [{ 'X-Forwarded': 'Append' }], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Forwarded-For: 1.1.1.1, 192.0.2.7; X-Forwarded-Proto: http; X-Forwarded-Host: shop.example`, { forwarding: 'x-forwarded-for: 1.1.1.1\r\n' }],
  ['X-Forwarded Remove', [{ 'X-Forwarded': 'Remove' }], `GET /api/items?a=1&b=2 | ${PLAIN}`, { forwarding: 'X-Forwarded-For: 1.1.1.1\r\n' }],
  ['X-Forwarded Off passes on', [off], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Forwarded-For: 1.1.1.1`, { forwarding: 'X-Forwarded-For: 1.1.1.1\r\n' }],
  ['X-Forwarded, one of them otherwise', [{ 'X-Forwarded': 'Set', Host: 'Off', For: 'Remove' }], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Forwarded-Proto: http`],
  ['X-Forwarded, another prefix', [{ 'X-Forwarded': 'Set', HeaderPrefix: 'X-Fwd-' }], 'GET /api/items?a=1&b=2 | target | X-Fwd-For: 192.0.2.7; X-Fwd-Proto: http; X-Fwd-Host: shop.example', { fields: 'x-fwd-for: forged\r\n' }],
  ['Forwarded', [{ Forwarded: 'by,for,host,proto', ForFormat: 'IpAndPort', ByFormat: 'Ip' }], `GET /api/items?a=1&b=2 | ${PLAIN}; Forwarded: proto=http;host=shop.example;for="192.0.2.7:4711";by="[2001:db8::1]"`],
  ['Forwarded, defaults', [{ Forwarded: 'for' }], `GET /api/items?a=1&b=2 | ${PLAIN}; Forwarded: for=_AAAAAAAAA`],
  ['Forwarded, unknown', [{ Forwarded: 'for,by', ForFormat: 'UnknownAndPort', ByFormat: 'Unknown' }], `GET /api/items?a=1&b=2 | ${PLAIN}; Forwarded: for="unknown:4711";by=unknown`],
  ['Forwarded Append', [{ Forwarded: 'proto', Action: 'Append' }], `GET /api/items?a=1&b=2 | ${PLAIN}; Forwarded: for=x, proto=http`, { forwarding: 'Forwarded: for=x\r\n' }],
  ['RequestHeader over the default: one line leaves, the gateway\'s', [{ RequestHeader: 'X-Forwarded-For', Set: 'true' }, { RequestHeaderRouteValue: 'x-forwarded-host', Append: 'id' }, { RequestHeader: 'Forwarded', Set: 'for=a' }], `GET /api/items?a=1&b=2 | ${PLAIN}; ${FORWARDED}`, { forwarding: CAME }],
  ['X-Forwarded Set over a RequestHeader before and behind it', [{ RequestHeader: 'X-Forwarded-For', Set: '1' }, { 'X-Forwarded': 'Set' }, { RequestHeader: 'X-Forwarded-For', Set: '2' }], `GET /api/items?a=1&b=2 | ${PLAIN}; ${FORWARDED}`, { forwarding: CAME }],
  ['X-Forwarded Off passes on everything, also Forwarded', [off], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Forwarded-For: 6.6.6.6; Forwarded: for=7.7.7.7; X-Forwarded-Port: 99`, { forwarding: CAME }],
  ['X-Forwarded Off: RequestHeader writes over it', [off, { RequestHeader: 'X-Forwarded-For', Set: '10.0.0.1' }], `GET /api/items?a=1&b=2 | ${PLAIN}; Forwarded: for=7.7.7.7; X-Forwarded-Port: 99; X-Forwarded-For: 10.0.0.1`, { forwarding: CAME }],
  ['X-Forwarded Off: RequestHeader adds to it', [off, { RequestHeader: 'X-Forwarded-For', Append: '10.0.0.1' }], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Forwarded-For: 6.6.6.6; Forwarded: for=7.7.7.7; X-Forwarded-Port: 99; X-Forwarded-For: 10.0.0.1`, { forwarding: CAME }],
  ['X-Forwarded Off: RequestHeaderRemove takes it out', [off, { RequestHeaderRemove: 'X-Forwarded-For' }], `GET /api/items?a=1&b=2 | ${PLAIN}; Forwarded: for=7.7.7.7; X-Forwarded-Port: 99`, { forwarding: CAME }],
  ['X-Forwarded Off: not copied where nothing is', [off, { RequestHeadersCopy: 'false' }], 'GET /api/items?a=1&b=2 | target | ', { forwarding: CAME }],
  ['X-Forwarded Off: only what is allowed', [off, { RequestHeadersAllowed: 'X-A;X-Forwarded-Port' }], 'GET /api/items?a=1&b=2 | target | X-A: one; X-Forwarded-Port: 99', { forwarding: CAME }],
  ['X-Forwarded Off never passes on what the gateway owns', [off], `GET /api/items?a=1&b=2 | ${PLAIN}`, { forwarding: 'X-Tenant-Code: t\r\nX-Request-Id: 1\r\nX-Tenant-Source: token\r\n' }],
  ['X-Forwarded, Off for one', [{ 'X-Forwarded': 'Remove', For: 'Off' }], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Forwarded-For: 6.6.6.6`, { forwarding: CAME }],
  ['X-Forwarded twice: both', [{ 'X-Forwarded': 'Off', For: 'Append' }, { 'X-Forwarded': 'Off', Proto: 'Set' }], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Forwarded-Port: 99; X-Forwarded-For: 6.6.6.6, 192.0.2.7; X-Forwarded-Proto: http`, { forwarding: CAME }],
  ['X-Forwarded twice: in their order', [{ 'X-Forwarded': 'Set' }, { 'X-Forwarded': 'Remove', For: 'Append', Host: 'Off' }], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Forwarded-Host: shop.example; X-Forwarded-For: 192.0.2.7, 192.0.2.7`, { forwarding: CAME }],
  ['X-Forwarded of two prefixes', [{ 'X-Forwarded': 'Set', HeaderPrefix: 'X-My-' }, { 'X-Forwarded': 'Remove', For: 'Set' }], `GET /api/items?a=1&b=2 | ${PLAIN}; X-My-For: 192.0.2.7; X-My-Proto: http; X-My-Host: shop.example; X-Forwarded-For: 192.0.2.7`, { forwarding: CAME }],
  ['X-Forwarded of another prefix: nothing of the usual one passes', [{ 'X-Forwarded': 'Off', HeaderPrefix: 'X-My-' }], `GET /api/items?a=1&b=2 | ${PLAIN}`, { forwarding: CAME }],
  ['X-Forwarded, then Forwarded', [off, { Forwarded: 'proto' }], `GET /api/items?a=1&b=2 | ${PLAIN}; X-Forwarded-Port: 99; Forwarded: proto=http`, { forwarding: CAME }],
  ['Forwarded, then X-Forwarded', [{ Forwarded: 'proto' }, { 'X-Forwarded': 'Set' }], `GET /api/items?a=1&b=2 | ${PLAIN}; ${FORWARDED}`, { forwarding: CAME }],
  ['Forwarded Off', [{ Forwarded: 'for', Action: 'Off' }], `GET /api/items?a=1&b=2 | ${PLAIN}; Forwarded: for=7.7.7.7`, { forwarding: CAME }],
  ['Forwarded, divided by blanks', [{ Forwarded: 'proto host' }], `GET /api/items?a=1&b=2 | ${PLAIN}; Forwarded: proto=http;host=shop.example`],
  ['what the gateway owns is not touched', [{ RequestHeader: 'X-Tenant-Code', Set: 'evil' }, { RequestHeader: 'x-tenant-source', Append: 'token' }, { RequestHeaderRouteValue: 'X-Request-ID', Set: 'id' }, { ClientCert: 'X-Request-Id' }, off], `GET /api/items?a=1&b=2 | ${PLAIN}`, undefined, { clientCertificate: 'QUJD' }],
  ['RequestHeadersAllowed goes before RequestHeadersCopy', [{ RequestHeadersAllowed: 'x-a' }, { RequestHeadersCopy: 'false' }, off], 'GET /api/items?a=1&b=2 | target | X-A: one'],
  ['RequestHeader Append where nothing is copied', [{ RequestHeadersCopy: 'false' }, { RequestHeader: 'X-A', Append: 'two' }, { 'X-Forwarded': 'Append' }], `GET /api/items?a=1&b=2 | target | X-A: two; ${FORWARDED}`, { forwarding: CAME }],
  ['ClientCert: what the client sends is removed', [{ ClientCert: 'X-A' }, off], 'GET /api/items?a=1&b=2 | target | Accept: */*']
]

describe('request transforms', () => {
  for (const [name, transforms, wanted, given, with_] of REQUESTS) test(name, () => assert.equal(request(transforms, given, with_), wanted))

  test('ClientCert with a certificate', () => assert.equal(request([{ ClientCert: 'X-Cert' }, off], {}, { clientCertificate: 'QUJD' }), `GET /api/items?a=1&b=2 | ${PLAIN}; X-Cert: QUJD`))

  for (const name of ['catch-all', 'a.b', '1', '$x', '名']) {
    test(`{${name}}, as path patterns may call it`, () => {
      const transforms: Transforms = [{ PathPattern: `{**${name}}` }, { QueryRouteParameter: 'q', Set: name }, { RequestHeader: 'X-B', Set: `{${name}}!` }, { RequestHeaderRouteValue: 'X-C', Set: name }, off]
      const { compiled, problems } = compileTransforms(transforms, routeValueNames({ type: 'pattern', value: `/svc/{**${name}}`, caseSensitive: false }))
      assert.deepEqual(problems, [])
      const draft: RequestDraft = { method: 'GET', path: '/svc/x/y', query: '', fields: '', forwarding: '', host: '', originalHost: 'a' }
      transformRequest(compiled, draft, { ...context, routeValue: (asked) => asked === name ? 'x/y' : null })
      assert.deepEqual([draft.path, draft.query, draft.fields], ['/x/y', '?q=x%2Fy', 'X-B: x/y!\r\nX-C: x/y\r\n'])
    })
  }

  test('a route value cannot begin another header', () => {
    const text = request([{ RequestHeader: 'X-B', Set: '{name}' }, off], {}, { routeValue: () => 'a\r\nX-Evil: 1' })
    assert.equal(text, `GET /api/items?a=1&b=2 | ${PLAIN}; X-B: a%0D%0AX-Evil: 1`)
  })
})

const RESPONSES: [string, Transforms, number, string][] = [
  ['ResponseHeader Set: only on success', [{ ResponseHeader: 'x-a', Set: 'n' }], 200, 'X-B: two; x-a: n'],
  ['ResponseHeader Set: not on failure', [{ ResponseHeader: 'x-a', Set: 'n' }], 400, 'X-A: one; X-B: two'],
  ['ResponseHeader Append, always', [{ ResponseHeader: 'X-A', Append: 'n', When: 'always' }], 500, 'X-A: one; X-B: two; X-A: n'],
  ['ResponseHeader, on failure', [{ ResponseHeader: 'X-C', Set: '1', When: 'Failure' }], 404, 'X-A: one; X-B: two; X-C: 1'],
  ['ResponseHeader, on failure: not on success', [{ ResponseHeader: 'X-C', Set: '1', When: 'Failure' }], 302, 'X-A: one; X-B: two'],
  ['ResponseHeaderRemove', [{ ResponseHeaderRemove: 'x-b' }], 204, 'X-A: one'],
  ['ResponseHeaderRemove, on failure only', [{ ResponseHeaderRemove: 'x-b', When: 'Failure' }], 204, 'X-A: one; X-B: two']
]

describe('response transforms', () => {
  for (const [name, transforms, status, wanted] of RESPONSES) test(name, () => assert.equal(response(transforms, status), wanted))

  test('trailers have their own', () => {
    assert.equal(response([{ ResponseTrailer: 'X-T', Set: '1' }, { ResponseHeader: 'X-H', Set: '1' }], 200, 'trailers'), 'X-A: one; X-B: two; X-T: 1')
    assert.equal(response([{ ResponseTrailerRemove: 'X-A' }], 200, 'trailers'), 'X-B: two')
  })

  test('what is copied is a matter of the whole route', () => {
    const { compiled } = compileTransforms([{ ResponseHeadersCopy: 'false' }, { ResponseTrailersCopy: 'false' }, { ResponseHeadersAllowed: 'A;b' }, { ResponseTrailersAllowed: 'c' }], known)
    const { copyResponseHeaders, copyResponseTrailers, allowedResponseHeaders, allowedResponseTrailers } = compiled.options
    assert.deepEqual([copyResponseHeaders, copyResponseTrailers, [...allowedResponseHeaders!], [...allowedResponseTrailers!]], [false, false, ['a', 'b'], ['c']])
  })
})

const PROBLEMS: [string, Record<string, string>, string, RegExp][] = [
  ['an expression that is not linear', { PathRegexReplace: '(?=x)', Set: '' }, 'PathRegexReplace', /RE2 syntax/],
  ['a group that is not there', { PathRegexReplace: 'x', Set: '$1' }, 'PathRegexReplace', /no group/],
  ['no replacement', { PathRegexReplace: 'x' }, 'Set', /needs Set/],
  ['no keys', {}, '', /it is empty/],
  ['an unknown kind', { PathPrefx: '/a' }, '', /"PathPrefx" names no transform; did you mean PathPrefix\?/],
  ['a part too many', { PathPrefix: '/a', Set: 'x' }, 'Set', /PathPrefix has no part "Set"; it has no other parts/],
  ['no value', { PathPrefix: '' }, 'PathPrefix', /needs a value/],
  ['neither Set nor Append', { RequestHeader: 'X' }, 'Set', /exactly one of Set and Append/],
  ['both Set and Append', { RequestHeader: 'X', Set: '1', Append: '2' }, 'Set', /exactly one of Set and Append/],
  ['no word', { 'X-Forwarded': 'Sett' }, 'X-Forwarded', /"Sett" is none of Set, Append, Remove, Off/],
  ['a wrong condition', { ResponseHeader: 'X', Set: '1', When: 'Sometimes' }, 'When', /none of Success, Always, Failure/],
  ['a name that is none', { RequestHeader: 'X Y', Set: '1' }, 'RequestHeader', /no name of a header/],
  ['a name with blanks', { RequestHeader: ' Authorization', Set: '1' }, 'RequestHeader', /" Authorization" is no name of a header; take the blanks out/],
  ['a name with blanks to remove', { RequestHeaderRemove: 'X-Tenant-Code ' }, 'RequestHeaderRemove', /take the blanks out/],
  ['a key twice', { RequestHeader: 'X-A', requestheader: 'X-Request-Id', Set: '1' }, 'requestheader', /there twice; letter case is ignored/],
  ['framing', { RequestHeader: 'Content-Length', Set: '1' }, 'RequestHeader', /written by the gateway itself/],
  ['a line break', { ResponseHeader: 'X', Set: 'a\r\nb' }, 'Set', /line breaks/],
  ['an unknown placeholder', { RequestHeader: 'X', Set: '${tenants}' }, 'Set', /\$\{tenants\} is not known: there are \$\{request.id\}/],
  ['an unknown route value', { RequestHeader: 'X', Set: '{idd}' }, 'Set', /\{idd\} is no route value: the path pattern has id, name/],
  ['an unknown route value with a hyphen', { RequestHeader: 'X', Set: '{i-d}' }, 'Set', /\{i-d\} is no route value/],
  ['an unknown route value in a path', { PathPattern: '/{idd}' }, 'PathPattern', /\{idd\} is no route value: the path pattern has id, name/],
  ['a brace too many', { PathPattern: '/{id' }, 'PathPattern', /brace/],
  ['an unknown route value for a query', { QueryRouteParameter: 'a', Set: 'idd' }, 'Set', /no route value/],
  ['a method that is never forwarded', { HttpMethodChange: 'GET', Set: 'CONNECT' }, 'Set', /never forwarded/],
  ['HEAD', { HttpMethodChange: 'HEAD', Set: 'GET' }, 'HttpMethodChange', /HEAD cannot be changed/],
  ['a wrong word of Forwarded', { Forwarded: 'for,server' }, 'Forwarded', /"server" is none of by, for, host, proto/],
  ['a wrong format', { Forwarded: 'for', ForFormat: 'Address' }, 'ForFormat', /none of Random/]
]

describe('what is wrong with a transform', () => {
  for (const [name, transform, key, message] of PROBLEMS) {
    test(name, () => {
      const { problems } = compileTransforms([off, transform], known)
      assert.deepEqual(problems.map((problem) => [problem.index, problem.key]), [[1, key]])
      assert.match(problems[0]!.message, message)
    })
  }
})
