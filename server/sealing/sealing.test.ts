import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeKey } from '../testing/node-key.ts'
import { seal, unseal } from './seal.ts'
import { sealToNode } from './seal-to-node.ts'
import { parseSecretsKey, type SecretsKey } from './secrets-key.ts'

const ROW = '01890000-0000-7000-8000-000000000001'
const keyOf = (digit: string): SecretsKey => parseSecretsKey(digit.repeat(64))!

test('a secret opens with its key and for its row only, and is never sealed alike twice', () => {
  const sealed = seal(keyOf('1'), ROW, 'naïve secret')
  assert.equal(unseal(keyOf('1'), ROW, sealed), 'naïve secret')
  assert.notEqual(seal(keyOf('1'), ROW, 'naïve secret'), sealed)
  assert.throws(() => unseal(keyOf('2'), ROW, sealed))
  assert.throws(() => unseal(keyOf('1'), ROW.replace('1', '2'), sealed))
  const bytes = Buffer.from(sealed, 'base64')
  for (let index = 0; index < bytes.length; index++) {
    const damaged = Buffer.from(bytes)
    damaged[index]! ^= 1
    assert.throws(() => unseal(keyOf('1'), ROW, damaged.toString('base64')), `byte ${index}`)
  }
})

test('SECRETS_KEY is 32 bytes in base64 or hex', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7))
  for (const text of [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')]) assert.deepEqual(parseSecretsKey(text)?.bytes, bytes, text)
  for (const text of ['', 'short', bytes.subarray(1).toString('base64'), `${bytes.toString('hex')}0`, 'x'.repeat(64)]) assert.equal(parseSecretsKey(text), null, text)
  assert.match(keyOf('1').id, /^[0-9a-f]{16}$/)
})

test('what is sealed to a node opens there, for its own certificate only', () => {
  const key = createNodeKey()
  const plain = { certificatePem: 'certificate', privateKeyPem: 'key' }
  const sealed = sealToNode(ROW, plain, Buffer.from(key.publicKey, 'base64'))
  const fingerprint256 = '0'.repeat(64)
  assert.deepEqual(key.open({ id: ROW, fingerprint256, sealed }), plain)
  assert.throws(() => key.open({ id: ROW.replace('1', '2'), fingerprint256, sealed }))
  assert.throws(() => createNodeKey().open({ id: ROW, fingerprint256, sealed }))
})
