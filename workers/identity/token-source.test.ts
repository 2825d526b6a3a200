import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { tokenPlace } from '../../shared/identity/token-place.ts'
import { decodeProvider } from '../../shared/snapshot/decode-resource.ts'
import type { Issue } from '../../shared/schema/issue.ts'
import { type CryptoKey, exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type JSONWebKeySet, SignJWT } from 'jose'
import { startTokenIssuer, type TokenIssuer } from '../testing/token-issuer.ts'
import { buildIdentity, type Identity, NO_IDENTITY } from './build-identity.ts'
import { fetchKeySet } from './fetch-key-set.ts'
import { KeySet } from './key-set.ts'
import { TokenSource } from './token-source.ts'

const NO_SECRETS = { version: 0, secret: () => null }
const quiet = { info() {}, warn() {} }
const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function providerOf(given: object) {
  const decoded = decodeProvider({ name: 'login', audiences: ['gateway'], ...given })
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.issues))
  return decoded.value
}

let issuer: TokenIssuer
let identity: Identity
let source: TokenSource

before(async () => {
  issuer = await startTokenIssuer()
})
after(() => issuer.stop())
beforeEach(async () => {
  identity = buildIdentity([providerOf({ issuer: issuer.issuer, jwksUrl: issuer.jwksUrl, clockSkewSeconds: 30 })], NO_IDENTITY, NO_SECRETS, quiet, [])
  source = identity.sources[0]!
  await identity.keySets.get(issuer.jwksUrl)!.firstKeys()
})

describe('a token that is valid', () => {
  test('says user and tenant, and is known from then on without a promise', async () => {
    const token = await issuer.token({ tenant_code: 'acme' })
    assert.equal(source.peek(token), null)
    const { state, user, tenant } = await source.verify(token)
    assert.deepEqual([state, user, tenant], ['valid', 'ann', 'acme'])
    assert.equal(source.peek(token)?.user, 'ann')
  })

  test('may name nobody, and a user without a tenant has none', async () => {
    const { state, user, tenant } = await source.verify(await issuer.token({ sub: undefined! }))
    assert.deepEqual([state, user, tenant], ['valid', '', ''])
  })

  test('a name outside ASCII becomes UTF-8 bytes, a number its digits', async () => {
    assert.equal((await source.verify(await issuer.token({ sub: 'zoë' }))).user, Buffer.from('zoë').toString('latin1'))
    assert.equal((await source.verify(await issuer.token({ sub: 17 as unknown as string }))).user, '17')
  })

  test('is verified once, also when many requests bring it at one time', async () => {
    const token = await issuer.token()
    const [first, second] = await Promise.all([source.verify(token), source.verify(token)])
    assert.equal(first, second)
  })

  test('clocks may be apart as far as the provider says', async () => {
    assert.equal((await source.verify(await issuer.token({ exp: seconds(-20) }))).state, 'valid')
    assert.equal((await source.verify(await issuer.token({ nbf: seconds(20) }))).state, 'valid')
  })
})

describe('a token that is refused', () => {
  const refusal = async (token: string) => {
    const { state, user, tenant, reason } = await source.verify(token)
    assert.deepEqual([state, user, tenant], ['invalid', '', ''])
    return reason
  }

  test('expired, not yet valid, without an end', async () => {
    assert.equal(await refusal(await issuer.token({ exp: seconds(-60) })), 'expired')
    assert.equal(await refusal(await issuer.token({ nbf: seconds(60) })), 'not_yet_valid')
    assert.equal(await refusal(await issuer.token({ exp: undefined! })), 'bad_claim')
  })

  test('for another audience, from an unknown issuer, or one that differs by a slash', async () => {
    assert.equal(await refusal(await issuer.token({ aud: 'other' })), 'wrong_audience')
    assert.equal(await refusal(await issuer.token({ iss: 'https://else.example/' })), 'unknown_issuer')
    assert.equal(await refusal(await issuer.token({ iss: issuer.issuer.slice(0, -1) })), 'unknown_issuer')
  })

  test('changed after it was signed', async () => {
    const [header, , signature] = (await issuer.token()).split('.')
    const claims = base64({ iss: issuer.issuer, aud: 'gateway', sub: 'root', exp: seconds(300) })
    assert.equal(await refusal(`${header}.${claims}.${signature}`), 'bad_signature')
  })

  test('alg none, and a MAC made with the public key', async () => {
    const claims = base64({ iss: issuer.issuer, aud: 'gateway', sub: 'root', exp: seconds(300) })
    assert.equal(await refusal(`${base64({ alg: 'none' })}.${claims}.`), 'algorithm_not_allowed')
    const keys = JSON.stringify(await fetchKeySet(issuer.jwksUrl))
    const signing = `${base64({ alg: 'HS256', kid: 'first' })}.${claims}`
    assert.equal(await refusal(`${signing}.${createHmac('sha256', keys).update(signing).digest('base64url')}`), 'algorithm_not_allowed')
  })

  test('signed by a key that it brings itself', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const own = new SignJWT({ iss: issuer.issuer, aud: 'gateway', sub: 'root', exp: seconds(300) })
    const token = await own.setProtectedHeader({ alg: 'ES256', kid: 'first', jwk: publicKey.export({ format: 'jwk' }), jku: 'http://127.0.0.1:1/' }).sign(privateKey)
    assert.equal(await refusal(token), 'bad_signature')
  })

  test('with an extension that must be understood', async () => {
    const [, claims] = (await issuer.token()).split('.')
    assert.equal(await refusal(`${base64({ alg: 'ES256', kid: 'first', crit: ['x'], x: 1 })}.${claims}.AAAA`), 'malformed')
  })

  test('too large, cut, or no token at all', async () => {
    assert.equal(await refusal('a'.repeat(17_000)), 'too_large')
    assert.equal(await refusal((await issuer.token()).slice(0, 40)), 'malformed')
    assert.equal(await refusal('opaque'), 'malformed')
  })

  test('names a user or tenant that fits no header', async () => {
    assert.equal(await refusal(await issuer.token({ sub: 'a\r\nX-Role: root' })), 'bad_claim')
    assert.equal(await refusal(await issuer.token({ tenant_code: 'a b' })), 'bad_claim')
    assert.equal(await refusal(await issuer.token({ sub: 'a'.repeat(257) })), 'bad_claim')
    assert.equal(await refusal(await issuer.token({ tenant_code: ['a'] })), 'bad_claim')
  })

  test('a refusal is kept for a while', async () => {
    const token = await issuer.token({ aud: 'other' })
    await source.verify(token)
    assert.equal(source.peek(token)?.reason, 'wrong_audience')
  })
})

describe('keys', () => {
  /** A source with a clock of its own, and its key set once that was asked for. */
  async function sourceAt(clock: () => number, fetchKeys = fetchKeySet): Promise<{ own: TokenSource; keySet: KeySet; fetched: () => Promise<void> }> {
    let last: Promise<unknown> = Promise.resolve()
    const keySet = new KeySet(issuer.jwksUrl, quiet, (url) => {
      const keys = fetchKeys(url)
      last = keys.catch(() => {})
      return keys
    }, clock)
    const provider = providerOf({ issuer: issuer.issuer, jwksUrl: issuer.jwksUrl })
    const own = new TokenSource(tokenPlace('bearer'), new Map([[issuer.issuer, { provider, key: keySet.find }]]), [keySet], clock)
    own.refresh()
    await keySet.firstKeys()
    // What was fetched is taken over a turn later.
    const fetched = async (): Promise<void> => void (await last, await new Promise(setImmediate))
    return { own, keySet, fetched }
  }

  test('a new one is found after a token named it, but not more than every 30 seconds', async () => {
    let now = Date.now()
    const { own, fetched } = await sourceAt(() => now)
    assert.equal((await own.verify(await issuer.token())).state, 'valid')
    const fetches = issuer.fetches
    await issuer.rotate('second')
    const token = await issuer.token()
    for (let round = 0; round < 5; round++) assert.equal((await own.verify(token)).reason, 'unknown_key')
    await fetched()
    assert.equal(issuer.fetches, fetches)
    now += 31_000
    // What a thread does each second, without another token.
    own.refresh()
    await fetched()
    assert.equal((await own.verify(token)).state, 'valid')
    assert.equal(issuer.fetches, fetches + 1)
  })

  test('no token waits for one: not the first that names it, nor those that follow while it is fetched', async () => {
    let now = Date.now()
    let release = (_keys: JSONWebKeySet): void => {}
    let isHeld = false
    const { own, fetched } = await sourceAt(() => now, (url) => (isHeld ? new Promise((resolve) => (release = resolve)) : fetchKeySet(url)))
    isHeld = true
    now += 31_000
    const known = await issuer.token({ jti: 'known' })
    await issuer.rotate('held')
    const token = await issuer.token()
    assert.equal((await own.verify(token)).reason, 'unknown_key')
    assert.deepEqual([(await own.verify(token)).reason, own.peek(token), (await own.verify(known)).state], ['unknown_key', null, 'valid'])
    release(await fetchKeySet(issuer.jwksUrl))
    await fetched()
    assert.equal((await own.verify(token)).state, 'valid')
  })

  test('the last ones stay when the issuer cannot be asked', async () => {
    let now = Date.now()
    const { own, fetched } = await sourceAt(() => now)
    const fetches = issuer.fetches
    issuer.answer = { status: 500, body: '' }
    now += 601_000
    own.refresh()
    await fetched()
    assert.equal(issuer.fetches, fetches + 1)
    assert.equal((await own.verify(await issuer.token({ exp: seconds(3000) }))).state, 'valid')
    issuer.answer = null
  })

  test('without any, tokens are refused until they can be fetched; that refusal is not kept', async () => {
    let now = Date.now()
    issuer.answer = { status: 200, body: 'no json' }
    const { own, fetched } = await sourceAt(() => now)
    const token = await issuer.token()
    const fetches = issuer.fetches
    assert.equal((await own.verify(token)).reason, 'keys_unavailable')
    assert.equal(own.peek(token), null)
    await fetched()
    assert.equal(issuer.fetches, fetches, 'not asked again at once')
    issuer.answer = null
    now += 2_001
    assert.equal((await own.verify(token)).reason, 'keys_unavailable')
    await fetched()
    assert.equal((await own.verify(token)).state, 'valid')
  })

  test('a set that is too large, or a redirect, is not taken', async () => {
    issuer.answer = { status: 200, body: `{"keys":[],"x":"${'a'.repeat(600_000)}"}` }
    await assert.rejects(fetchKeySet(issuer.jwksUrl), /larger than/)
    issuer.answer = { status: 302, body: '' }
    await assert.rejects(fetchKeySet(issuer.jwksUrl))
    issuer.answer = { status: 200, body: '{}' }
    await assert.rejects(fetchKeySet(issuer.jwksUrl), /no list "keys"/)
    issuer.answer = null
  })

  test('tokens are verified again when the keys have changed', async () => {
    let now = Date.now()
    const { own, fetched } = await sourceAt(() => now)
    const token = await issuer.token()
    await own.verify(token)
    own.refresh()
    await own.verify(token)
    assert.notEqual(own.peek(token), null)
    await issuer.rotate('third')
    now += 31_000
    await own.verify(await issuer.token())
    await fetched()
    own.refresh()
    assert.equal(own.peek(token), null)
    assert.equal((await own.verify(token)).state, 'invalid')
  })

  test('a token that names none is tried with each that fits its algorithm, and with no more than ten', async () => {
    const pairs = await Promise.all(Array.from({ length: 12 }, () => generateKeyPair('ES256')))
    const rsa = await generateKeyPair('RS256')
    const keysOf = async (list: { publicKey: CryptoKey }[]) => Promise.all(list.map(async ({ publicKey }) => exportJWK(publicKey)))
    const signed = (key: CryptoKey, claims: object = {}, alg = 'ES256') => new SignJWT({ iss: issuer.issuer, aud: 'gateway', sub: 'bob', exp: seconds(60), ...claims }).setProtectedHeader({ alg }).sign(key)
    const { own } = await sourceAt(Date.now, async () => ({ keys: await keysOf([...pairs.slice(0, 2), rsa, ...pairs.slice(2)]) }))
    assert.equal((await own.verify(await signed(pairs[0]!.privateKey))).user, 'bob')
    assert.equal((await own.verify(await signed(pairs[9]!.privateKey))).user, 'bob')
    assert.equal((await own.verify(await signed(rsa.privateKey, {}, 'RS256'))).user, 'bob')
    assert.equal((await own.verify(await signed(pairs[11]!.privateKey))).reason, 'bad_signature')
    assert.equal((await own.verify(await signed((await generateKeyPair('ES256')).privateKey))).reason, 'bad_signature')
    assert.equal((await own.verify(await signed(pairs[1]!.privateKey, { exp: seconds(-60) }))).reason, 'expired')
  })

  test('it is not tried with a key for another algorithm, nor by an algorithm that is not allowed', async () => {
    const [ec, rsa, other] = [await generateKeyPair('ES256'), await generateKeyPair('RS256', { extractable: true }), await generateKeyPair('RS256')]
    const keys = [...await Promise.all([rsa, other].map(async ({ publicKey }) => ({ ...await exportJWK(publicKey), alg: 'RS256' }))), await exportJWK(ec.publicKey)]
    const provider = providerOf({ issuer: issuer.issuer, jwksUrl: issuer.jwksUrl, algorithms: ['RS256', 'PS256'] })
    const keySet = new KeySet(issuer.jwksUrl, quiet, async () => ({ keys }))
    keySet.refresh()
    await keySet.firstKeys()
    const own = new TokenSource(tokenPlace('bearer'), new Map([[issuer.issuer, { provider, key: keySet.find }]]), [keySet])
    const signed = (key: Parameters<SignJWT['sign']>[0], alg: string) => new SignJWT({ iss: issuer.issuer, aud: 'gateway', sub: 'bob', exp: seconds(60) }).setProtectedHeader({ alg }).sign(key)
    assert.equal((await own.verify(await signed(rsa.privateKey, 'RS256'))).user, 'bob')
    assert.equal((await own.verify(await signed(await importPKCS8(await exportPKCS8(rsa.privateKey), 'PS256'), 'PS256'))).reason, 'unknown_key')
    assert.equal((await own.verify(await signed(ec.privateKey, 'ES256'))).reason, 'algorithm_not_allowed')
  })

  test('a configuration with the same key set goes on with its keys', async () => {
    await source.verify(await issuer.token())
    const fetched = issuer.fetches
    const next = buildIdentity([providerOf({ issuer: issuer.issuer, jwksUrl: issuer.jwksUrl, userClaim: 'name' })], identity, NO_SECRETS, quiet, [])
    assert.equal((await next.sources[0]!.verify(await issuer.token({ name: 'eve' }))).user, 'eve')
    assert.equal(issuer.fetches, fetched)
  })

  test('one in the configuration, as PEM or JWK; one that cannot be read is an issue', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const token = await new SignJWT({ iss: 'i', aud: 'gateway', sub: 'bob', exp: seconds(60) }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
    for (const key of [publicKey.export({ format: 'pem', type: 'spki' }).toString(), JSON.stringify(publicKey.export({ format: 'jwk' }))]) {
      const built = buildIdentity([providerOf({ issuer: 'i', key })], NO_IDENTITY, NO_SECRETS, quiet, [])
      assert.equal((await built.sources[0]!.verify(token)).user, 'bob')
    }
    const issues: Issue[] = []
    const broken = buildIdentity([providerOf({ issuer: 'i', key: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' })], NO_IDENTITY, NO_SECRETS, quiet, issues)
    assert.deepEqual([broken.sources.length, issues.map(({ path, code }) => [path, code])], [0, [['/providers/0/key', 'unusable_key']]])
  })
})

test('a token by a shared secret: only with that secret, whatever it is at the moment, and never with a public key', async () => {
  const secrets = { version: 1, values: new Map<string, string>(), secret: (name: string) => secrets.values.get(name) ?? null }
  const key = (text: string) => new TextEncoder().encode(text)
  const signed = (text: string) => new SignJWT({ iss: 'i', aud: 'gateway', sub: 'bob', exp: seconds(60) }).setProtectedHeader({ alg: 'HS256' }).sign(key(text))
  const built = buildIdentity([providerOf({ issuer: 'i', secretName: 'tokens', algorithms: ['HS256'] })], NO_IDENTITY, secrets, quiet, [])
  const [own] = built.sources
  const [first, second] = [await signed('first secret of 32 characters...'), await signed('other secret of 32 characters...')]
  assert.equal((await own!.verify(first)).reason, 'keys_unavailable')
  secrets.values.set('tokens', 'first secret of 32 characters...')
  secrets.version++
  own!.refresh()
  assert.deepEqual([(await own!.verify(first)).user, (await own!.verify(second)).reason], ['bob', 'bad_signature'])
  secrets.values.set('tokens', 'other secret of 32 characters...')
  secrets.version++
  own!.refresh()
  assert.deepEqual([(await own!.verify(first)).reason, (await own!.verify(second)).user], ['bad_signature', 'bob'])
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const other = await new SignJWT({ iss: 'i', aud: 'gateway', sub: 'bob', exp: seconds(60) }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
  assert.equal((await own!.verify(other)).reason, 'algorithm_not_allowed')
})

test('a token is read from where its provider says: the header first', async () => {
  const both = buildIdentity([
    providerOf({ issuer: 'a', jwksUrl: issuer.jwksUrl, from: 'cookie:session' }),
    providerOf({ name: 'other', issuer: 'b', jwksUrl: issuer.jwksUrl })
  ], NO_IDENTITY, NO_SECRETS, quiet, [])
  const [bearer, cookie] = both.sources
  const fields = 'Cookie: x=1; session=abc\r\nAuthorization: bEARER  def\r\n'
  assert.deepEqual([bearer!.tokenIn(fields), cookie!.tokenIn(fields)], ['def', 'abc'])
  assert.equal(bearer!.tokenIn('Authorization: Basic abc\r\n'), '')
  assert.equal(cookie!.tokenIn('Cookie: x=session\r\n'), '')
})
