import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { asciiHost, normalizeHostPattern, parseHostPattern } from './host-pattern.ts'

const STORED: [given: string, stored: string][] = [
  ['Example.COM', 'example.com'],
  ['example.com:80', 'example.com:80'],
  ['example.com:*', 'example.com'],
  ['*.Example.com', '*.example.com'],
  ['*.example.com:8080', '*.example.com:8080'],
  ['*:8080', '*:8080'],
  ['*', '*'],
  ['localhost', 'localhost'],
  ['_dmarc.example.com', '_dmarc.example.com'],
  ['b\u00fccher.example', 'xn--bcher-kva.example'],
  ['B\u00dcCHER.example:443', 'xn--bcher-kva.example:443'],
  ['*.b\u00fccher.example', '*.xn--bcher-kva.example'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['\u65e5\u672c\u8a9e.jp', 'xn--wgv71a119e.jp'],
  ['127.0.0.1', '127.0.0.1'],
  ['[::1]', '[::1]'],
  ['[0:0::0:1]:8080', '[::1]:8080']
]

const REFUSED = ['', ' ', 'a b', 'a/b', 'user@a', 'a%41.com', 'a?b', 'a#b', '.a.com', 'a.com.', 'a..b', '*.', '**.a', '*a.com', 'a.*', 'a.*.com', '*:*', 'a:0', 'a:65536', 'a:080', 'a:', 'a:b', '::1', '[::1', '[::g]', '[::1%25eth0]', '*.127.0.0.1', '*.[::1]', '0x7f.1', '1.2.3', '127.1', '256.1.1.1', '\uff11\uff12\uff17.0.0.1', `${'a'.repeat(250)}.com`, 'a\u0000b', 'a\nb']

describe('host patterns', () => {
  for (const [given, stored] of STORED) {
    test(`${given} is stored as ${stored}, which is stored as itself`, () => {
      assert.equal(normalizeHostPattern(given), stored)
      assert.equal(normalizeHostPattern(stored), stored)
    })
  }
  for (const text of REFUSED) test(`${JSON.stringify(text)} is refused`, () => assert.equal(normalizeHostPattern(text), null))

  test('are taken apart', () => {
    assert.deepEqual(parseHostPattern('A.example:81'), { kind: 'name', name: 'a.example', port: 81 })
    assert.deepEqual(parseHostPattern('*.a.example'), { kind: 'suffix', name: 'a.example', port: undefined })
    assert.deepEqual(parseHostPattern('*:81'), { kind: 'any', name: '', port: 81 })
  })

  test('a host alone has neither port nor wildcard', () => {
    assert.equal(asciiHost('A.example'), 'a.example')
    assert.equal(asciiHost('a.example:80'), null)
    assert.equal(asciiHost('*'), null)
  })
})
