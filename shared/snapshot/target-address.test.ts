import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { normalizeProbeUrl, normalizeServiceUrl, normalizeTargetAddress, parseTargetAddress } from './target-address.ts'

describe('target addresses', () => {
  const table: [string, string][] = [
    ['http://h:9001', 'http://h:9001'],
    ['HTTP://Host.Example:9001/', 'http://host.example:9001'],
    ['http://h:80/', 'http://h'],
    ['https://h:443', 'https://h'],
    ['https://h:80', 'https://h:80'],
    ['h2c://h', 'h2c://h'],
    ['http://[0:0::1]:81', 'http://[::1]:81'],
    ['http://b\u00fccher.example', 'http://xn--bcher-kva.example']
  ]
  for (const [given, stored] of table) {
    test(`${given} is stored as ${stored}, which is stored as itself`, () => {
      assert.equal(normalizeTargetAddress(given), stored)
      assert.equal(normalizeTargetAddress(stored), stored)
    })
  }
  const refused = ['', 'h:80', '//h', 'http://', 'http:///', 'ftp://h', 'http:h', 'http:/h', 'http://h/x', 'http://h//', 'http://h?x', 'http://h/?x', 'http://h#x', 'http://u@h', 'http://u:p@h:80', 'http://h:0', 'http://h:65536', 'http://h:', 'http://h:8 0', ' http://h', 'http://h\n', 'http://*.h', 'http://h:80:80', 'http://::1', 'http://a\\b', 'http://0x7f.1']
  for (const given of refused) test(`${JSON.stringify(given)} is refused`, () => assert.equal(normalizeTargetAddress(given), null))

  test('are taken apart with the port of their scheme', () => {
    assert.deepEqual(parseTargetAddress('https://H'), { scheme: 'https', host: 'h', port: 443 })
    assert.deepEqual(parseTargetAddress('h2c://[::1]/'), { scheme: 'h2c', host: '[::1]', port: 80 })
  })
})

describe('probe addresses', () => {
  test('may have a path and nothing else', () => {
    assert.equal(normalizeProbeUrl('HTTP://H:80/Ready/x'), 'http://h/Ready/x')
    assert.equal(normalizeProbeUrl('https://h'), 'https://h')
    assert.equal(normalizeProbeUrl('H2C://h:80/Ready'), 'h2c://h/Ready')
    for (const given of ['ftp://h', 'h2c:///x', 'http://u@h/', 'http://h/?x', 'http://h/#x', 'http://h/a b', 'http://h/\n', 'http:///x']) assert.equal(normalizeProbeUrl(given), null, given)
  })
})

describe('URLs of services', () => {
  test('may have path and query; no credentials, fragment or other scheme', () => {
    for (const [given, stored] of [['HTTP://H:80/Check?a=/@b', 'http://h/Check?a=/@b'], ['https://h', 'https://h'], ['http://h:81?x', 'http://h:81?x'], ['http://[0::1]:81/', 'http://[::1]:81/']] as const) {
      assert.equal(normalizeServiceUrl(given), stored)
      assert.equal(normalizeServiceUrl(stored), stored)
    }
    for (const given of ['http://u:p@h/', 'http://u@h', 'http://:p@h/?x', 'http://h/#x', 'http://h/a b', 'http://h/\n', 'http:///x', 'http://h:99999/', 'h2c://h/', 'ftp://h/', 'http://u\\@h/', '//h/', 'h/']) assert.equal(normalizeServiceUrl(given), null, given)
  })
})
