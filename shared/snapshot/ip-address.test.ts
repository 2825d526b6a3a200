import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { normalizeCidr, normalizeIp } from './ip-address.ts'

describe('normalizeIp', () => {
  const table: [string, string | null][] = [
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['FD00::A', 'fd00::a'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1::', '1::'],
    ['::ffff:1.2.3.4', '::ffff:102:304']
  ]
  for (const [given, stored] of table) test(`${given} is stored as ${stored}`, () => assert.equal(normalizeIp(given), stored))
  for (const given of ['', '1.2.3', '1.2.3.4.5', '01.2.3.4', '256.1.1.1', '0x7f.0.0.1', '1.2.3.4 ', ':', ':::', '1:2', '[::1]', '::1%eth0', 'localhost', 'abc', '1::2::3', '::1]/x[']) {
    test(`${JSON.stringify(given)} is refused`, () => assert.equal(normalizeIp(given), null))
  }
})

describe('normalizeCidr', () => {
  const table: [string, string | null][] = [
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.1.2.3', '10.1.2.3/32'],
    ['FD00::/8', 'fd00::/8'],
    ['::1', '::1/128'],
    ['10.0.0.0/33', null],
    ['::/129', null],
    ['10.0.0.0/', null],
    ['10.0.0.0/08', null],
    ['10.0.0.0/8/8', null],
    ['10.0.0/8', null],
    ['/8', null]
  ]
  for (const [given, stored] of table) test(`${given} becomes ${stored}`, () => assert.equal(normalizeCidr(given), stored))
})
