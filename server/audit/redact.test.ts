import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact } from './redact.ts'

const HIDDEN = '[redacted]'

test('fields with secret names lose their texts, at every depth', () => {
  const given = { password: 'x', name: 'a', nested: [{ apiKey: 'x', 'api-key': 'x', tokenCount: 3, clientSecret: 'x', cookie: { path: '/' } }] }
  assert.deepEqual(redact(given), { password: HIDDEN, name: 'a', nested: [{ apiKey: HIDDEN, 'api-key': HIDDEN, tokenCount: 3, clientSecret: HIDDEN, cookie: { path: '/' } }] })
})

test('so do hashes of passwords and keys', () => {
  assert.deepEqual(redact({ keys: [{ name: 'billing', hash: 'ab' }], draftHash: 'c' }), { keys: [{ name: 'billing', hash: HIDDEN }], draftHash: 'c' })
})

test('so do the values beside the name of a secret header or parameter', () => {
  assert.deepEqual(redact({ name: 'X-Api-Key', values: ['x'], mode: 'ExactHeader' }), { name: 'X-Api-Key', values: HIDDEN, mode: 'ExactHeader' })
  assert.deepEqual(redact({ RequestHeader: 'Authorization', Set: 'x' }), { RequestHeader: 'Authorization', Set: HIDDEN })
  assert.deepEqual(redact({ QueryValueParameter: 'access_token', Append: 'x' }), { QueryValueParameter: 'access_token', Append: HIDDEN })
  assert.deepEqual(redact({ RequestHeader: 'X-Plain', Set: 'y' }), { RequestHeader: 'X-Plain', Set: 'y' })
})

test('so do credentials and queries of URLs; the rest of them stays', () => {
  const table: [given: string, kept: string][] = [
    ['http://gw:s3cr3t@auth.local/check?api_key=abc&x&y=1=2', `http://${HIDDEN}@auth.local/check?api_key=${HIDDEN}&${HIDDEN}&y=${HIDDEN}`],
    ['https://auth.local:8443/a@b', 'https://auth.local:8443/a@b'],
    ['http://a:b@c@auth.local', `http://${HIDDEN}@auth.local`],
    ['https://hooks.example?token', `https://hooks.example?${HIDDEN}`]
  ]
  for (const [given, kept] of table) {
    assert.deepEqual(redact({ authorization: { forward: { url: given, timeoutMs: 1 } } }), { authorization: { forward: { url: kept, timeoutMs: 1 } } })
    assert.deepEqual(redact({ jwksUrl: given }), { jwksUrl: kept })
  }
})

test('what is not there is null, what is undefined is left out, moments are texts', () => {
  assert.deepEqual(redact(undefined), null)
  assert.deepEqual(redact({ a: undefined, b: null, c: new Date(0) }), { b: null, c: '1970-01-01T00:00:00.000Z' })
})

test('the value given stays as it is', () => {
  const given = { password: 'x' }
  redact(given)
  assert.deepEqual(given, { password: 'x' })
})
