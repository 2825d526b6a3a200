import assert from 'node:assert/strict'
import { createHash, createHmac, scryptSync } from 'node:crypto'
import { test } from 'node:test'
import { PASSWORD_HASH } from '../../../../../shared/schema/authorization.ts'
import { freshCredential, hashKey, hashPassword } from './credential-hash.ts'
import { scrypt } from './scrypt.ts'
import { hmacSha256, sha256 } from './sha-256.ts'

/** Bytes that look random and are the same each time. */
const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 167 + length * 31 + (index >> 3)) & 255)
const hex = (part: Uint8Array) => Buffer.from(part).toString('hex')

test('SHA-256 and HMAC are what node:crypto says, at every length around the blocks', () => {
  for (let length = 0; length <= 200; length++) {
    assert.equal(hex(sha256(bytes(length))), createHash('sha256').update(bytes(length)).digest('hex'), `${length} bytes`)
    assert.equal(hex(hmacSha256(bytes(length), bytes(200 - length))), createHmac('sha256', bytes(length)).update(bytes(200 - length)).digest('hex'), `a key of ${length} bytes`)
  }
})

test('scrypt is what node:crypto says', async () => {
  for (const [log2N, r, length] of [[4, 1, 16], [6, 8, 32], [10, 3, 64], [13, 8, 100]] as const) {
    const expected = scryptSync(bytes(11), bytes(16), length, { N: 2 ** log2N, r, p: 1 })
    assert.equal(hex(await scrypt(bytes(11), bytes(16), { log2N, r }, length)), expected.toString('hex'), `ln=${log2N}, r=${r}`)
  }
})

test('a password has its hash in the form that the configuration takes, with a salt of its own each time', async () => {
  const hash = await hashPassword('grün & sicher')
  assert.match(hash, new RegExp(PASSWORD_HASH))
  const [, , cost, salt = '', digest] = hash.split('$')
  assert.equal(cost, 'ln=15,r=8,p=1')
  const expected = scryptSync('grün & sicher', Buffer.from(salt, 'base64'), 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 })
  assert.equal(digest, expected.toString('base64').replaceAll('=', ''))
  assert.notEqual((await hashPassword('grün & sicher')).split('$')[3], salt)
})

test('a key is hashed as the bytes that a client sends', async () => {
  assert.equal(await hashKey('schlüssel'), createHash('sha256').update('schlüssel').digest('hex'))
})

test('a fresh credential fits into a header, a query and a password, and is another one each time', () => {
  const made = new Set(Array.from({ length: 100 }, freshCredential))
  assert.equal(made.size, 100)
  for (const one of made) assert.match(one, /^[A-Za-z0-9_-]{32}$/)
})
