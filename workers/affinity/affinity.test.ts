import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionAffinity } from '../../shared/schema/session-affinity.ts'
import { cookieValue } from '../../shared/http1/cookie-value.ts'
import { buildAffinity } from './build-affinity.ts'
import { arrCookieKey, hashCookieKey } from './cookie-affinity.ts'
import { keyHashOf } from '../../shared/affinity/rendezvous.ts'
import { xxhash64 } from '../../shared/affinity/xxhash64.ts'

let fleetKey: Buffer | null = Buffer.alloc(32, 1)
const target = (id: string, weight = 1, inFlight = 0) => ({ id, weight, inFlight, idHash: keyHashOf(id) })
const affinity = (given: Partial<SessionAffinity>) => buildAffinity({ enabled: true, policy: 'Hash', keyName: 'X-Session-Key', failurePolicy: 'Redistribute', boundedLoad: 0, ...given }, { id: 'u', targetIds: ['a', 'b', 'c'], fleetKey: () => fleetKey })!
const request = (given: { fields?: string; user?: string; tenant?: string } = {}) => ({ fields: '', user: '', tenant: '', ...given })

test('XXH64: the values of its specification', () => {
  const hex = (text: string): string => {
    const { high, low } = xxhash64(Buffer.from(text))
    return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
  }
  assert.equal(hex(''), 'ef46db3751d8e999')
  assert.equal(hex('a'), 'd24ec4f1a98c6e5b')
  assert.equal(hex('abc'), '44bc2cf5ad770999')
  assert.equal(hex('Nobody inspects the spammish repetition'), 'fbcea83c8a378bf1')
})

test('Hash: the same key meets the same target, whatever the order; without a key nothing is bound', () => {
  const hash = affinity({})
  const targets = ['a', 'b', 'c', 'd'].map((id) => target(id))
  for (let key = 0; key < 100; key++) {
    const fields = `x-session-key: ${key}\r\n`
    assert.equal(hash.find(request({ fields }), targets).target?.id, hash.find(request({ fields }), targets.toReversed()).target?.id)
  }
  assert.deepEqual(hash.find(request(), targets), { target: null, isBroken: false })
})

test('Hash: what is remembered of a key ends with the targets it was found among', () => {
  const hash = affinity({})
  const [a, b, c] = ['a', 'b', 'c'].map((id) => target(id))
  const all = [a!, b!, c!]
  const whereIs = (targets: typeof all) => Array.from({ length: 5_000 }, (_, key) => hash.find(request({ fields: `X-Session-Key: ${key}\r\n` }), targets).target!.id)
  const before = whereIs(all)
  assert.deepEqual(whereIs(all), before)
  const without = whereIs([a!, c!])
  assert.ok(!without.includes('b'))
  for (const [key, id] of before.entries()) if (id !== 'b') assert.equal(without[key], id, 'only the keys of the target that is gone move')
  assert.deepEqual(whereIs(all), before)
  const heavy = [target('a', 50), b!, c!]
  assert.ok(whereIs(heavy).filter((id) => id === 'a').length > 4_500)
})

test('Hash: the user goes before the tenant, the tenant before the header', () => {
  const hash = affinity({})
  const targets = Array.from({ length: 50 }, (_, index) => target(String(index)))
  const where = (given: Parameters<typeof request>[0]) => hash.find(request(given), targets).target?.id
  const fields = 'X-Session-Key: k\r\n'
  assert.equal(where({ user: 'u', tenant: 't', fields }), where({ user: 'u' }))
  assert.equal(where({ tenant: 't', fields }), where({ tenant: 't' }))
  assert.notEqual(where({ user: 'k' }), where({ fields }), 'kinds of keys do not meet')
  assert.deepEqual([hash.headerValue(request({ user: 'u', tenant: 't' })), hash.headerValue(request({ tenant: 't' })), hash.headerValue(request({ fields }))], ['u', 't', ''])
})

test('Hash: losing a target moves only its keys; keys spread by weight', () => {
  const hash = affinity({})
  const targets = [target('a', 1), target('b', 1), target('c', 2)]
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 }
  for (let key = 0; key < 4000; key++) {
    const fields = `X-Session-Key: ${key}\r\n`
    const before = hash.find(request({ fields }), targets).target!.id
    counts[before]!++
    const after = hash.find(request({ fields }), targets.filter(({ id }) => id !== 'a')).target!.id
    if (before !== 'a') assert.equal(after, before)
  }
  for (const [id, wanted] of [['a', 1000], ['b', 1000], ['c', 2000]] as const) assert.ok(Math.abs(counts[id]! - wanted) < wanted * 0.15, `${id}: ${counts[id]}`)
})

test('Hash with bounded load: a target with more than its share is passed over', () => {
  const hash = affinity({ boundedLoad: 150 })
  const fields = 'X-Session-Key: k\r\n'
  const first = hash.find(request({ fields }), [target('a'), target('b')]).target!.id
  const busy = hash.find(request({ fields }), [target('a', 1, first === 'a' ? 30 : 0), target('b', 1, first === 'b' ? 30 : 0)]).target!.id
  assert.notEqual(busy, first)
})

test('HashCookie and ArrCookie: the keys that YARP writes', () => {
  // Of the UTF-16 of the id, in upper case for the former and in lower case for the latter.
  const rows: [id: string, hash: string, arr: string][] = [
    ['dest-A', '615d6cd1b28160f0', 'CE3762A8E5BFB452C5071CC80C81E9C89A87369B0E8F7866CB437C1A181A865F'],
    ['DEST-a', '615d6cd1b28160f0', 'CE3762A8E5BFB452C5071CC80C81E9C89A87369B0E8F7866CB437C1A181A865F'],
    ['cluster1/destination1', '461e4dd1f090272b', '1877BB7B7435C187A75637003B10D5F5F1755D0506EDEB4CA7D64E0041DD8EA7'],
    ['straße', '07a9dbedf2e2b41e', 'BE0758DD908EF851B81E064E4643099028A1B6ED9B7876DCF1964EFBBE028D49'],
    ['İ/ΣΑΣ', '315bbedfa9ccd079', '75B93C7F943FDBC3CCA40BC2D83BE84EB3D31F5D839BA8FCC5F4DB13429149FC']
  ]
  for (const [id, hash, arr] of rows) assert.deepEqual([hashCookieKey(id), arrCookieKey(id)], [hash, arr], id)
})

test('ArrCookie: a key in another letter case is that of nobody, as in YARP', () => {
  const cookies = affinity({ policy: 'ArrCookie', keyName: 'k' })
  const a = target('a')
  assert.equal(cookies.find(request({ fields: `Cookie: k=${arrCookieKey('a')}\r\n` }), [a]).target, a)
  assert.deepEqual(cookies.find(request({ fields: `Cookie: k=${arrCookieKey('a').toLowerCase()}\r\n` }), [a]), { target: null, isBroken: true })
})

test('a cookie binds; a key of nobody, or of a target that is not available, is broken', () => {
  const cookies = affinity({ policy: 'HashCookie', keyName: '.Affinity' })
  const [a, b] = [target('a'), target('b')]
  const line = cookies.bind(a, false)
  const [, value] = /^Set-Cookie: \.Affinity=([0-9a-f]+); path=\/; httponly\r\n$/.exec(line) ?? assert.fail(line)
  const fields = `Cookie: x=1; .Affinity=${value}\r\n`
  assert.equal(cookies.find(request({ fields }), [a, b]).target, a)
  assert.deepEqual(cookies.find(request({ fields }), [b]), { target: null, isBroken: true })
  assert.deepEqual(cookies.find(request({ fields: 'Cookie: .Affinity=zz\r\n' }), [a, b]), { target: null, isBroken: true })
  assert.deepEqual(cookies.find(request({ fields: 'Cookie: x=1\r\n' }), [a, b]), { target: null, isBroken: false })
})

test('Cookie: the key tells nothing and cannot be made without the key of the fleet', () => {
  const cookies = affinity({ policy: 'Cookie', keyName: 'k' })
  const [a, b] = [target('a'), target('b')]
  const [, value] = /^Set-Cookie: k=([A-Za-z0-9_-]{43});/.exec(cookies.bind(a, false)) ?? assert.fail(cookies.bind(a, false))
  assert.equal(cookies.find(request({ fields: `Cookie: k=${value}\r\n` }), [a, b]).target, a)
  for (const forged of ['a', hashCookieKey('a'), arrCookieKey('a')]) assert.deepEqual(cookies.find(request({ fields: `Cookie: k=${forged}\r\n` }), [a, b]), { target: null, isBroken: true })
  fleetKey = Buffer.alloc(32, 2)
  assert.deepEqual(cookies.find(request({ fields: `Cookie: k=${value}\r\n` }), [a, b]), { target: null, isBroken: true })
  fleetKey = null
  assert.equal(cookies.bind(a, false), '')
  fleetKey = Buffer.alloc(32, 1)
  assert.equal(cookies.find(request({ fields: `Cookie: k=${value}\r\n` }), [a, b]).target, a)
})

test('CustomHeader: the answer gives the key, the client brings it; two are the key of nobody', () => {
  const headers = affinity({ policy: 'CustomHeader', keyName: 'X-Seat', failurePolicy: 'Return503' })
  const [a, b] = [target('a'), target('b')]
  const line = headers.bind(b, false)
  assert.match(line, /^X-Seat: [A-Za-z0-9_-]{43}\r\n$/)
  assert.equal(headers.find(request({ fields: `Accept: */*\r\n${line}` }), [a, b]).target, b)
  assert.deepEqual(headers.find(request({ fields: line + line }), [a, b]), { target: null, isBroken: true })
  assert.deepEqual(headers.find(request(), [a, b]), { target: null, isBroken: false })
  assert.equal(headers.refusesBroken, true)
})

test('the cookie has the attributes that the configuration says', () => {
  const cookie = { path: '/app', domain: 'shop.example', httpOnly: false, securePolicy: 'Always', sameSite: 'Strict', maxAgeSeconds: 60, isEssential: false } as const
  assert.match(affinity({ policy: 'ArrCookie', keyName: 'k', cookie }).bind(target('a'), false), /^Set-Cookie: k=[0-9A-F]{64}; domain=shop\.example; path=\/app; secure; samesite=strict; max-age=60\r\n$/)
})

test('the cookie carries Secure always, never, or where the client speaks https, which is the default', () => {
  const rows = [['Always', true, true], ['None', false, false], ['SameAsRequest', false, true], [undefined, false, true]] as const
  for (const [securePolicy, onHttp, onHttps] of rows) {
    const cookies = affinity({ policy: 'HashCookie', keyName: 'k', ...(securePolicy === undefined ? {} : { cookie: { path: '/', httpOnly: true, sameSite: 'Unspecified', isEssential: false, securePolicy } }) })
    assert.deepEqual([false, true].map((isSecure) => cookies.bind(target('a'), isSecure).includes('; secure')), [onHttp, onHttps], securePolicy ?? 'the default')
  }
})

test('cookies are read as RFC 6265 writes them', () => {
  const rows: [fields: string, name: string, value: string | null][] = [
    ['Cookie: a=1; b="2"; c=x=y\r\n', 'b', '2'],
    ['Cookie: a=1; c=x=y\r\n', 'c', 'x=y'],
    ['Cookie: ab=1\r\n', 'b', null],
    ['X: b=1\r\n', 'b', null],
    ['Cookie: a=x,b=1; b=2\r\n', 'b', '2'],
    ['Cookie: a=x,b=1\r\n', 'a', 'x,b=1'],
    ['Cookie: a=1\r\nX: 1\r\ncookie: b=2\r\n', 'b', '2']
  ]
  for (const [fields, name, value] of rows) assert.equal(cookieValue(fields, name), value, fields)
})
