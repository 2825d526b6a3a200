import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProxyHeader } from './read-proxy-header.ts'

const SIGNATURE = '0d0a0d0a000d0a515549540a'
const v1 = (text: string) => Buffer.from(text, 'latin1')
const v2 = (hex: string) => Buffer.from(SIGNATURE + hex, 'hex')
const V4 = v2('2111000c' + 'cb007105' + '0a000001' + 'c0de' + '01bb')

const taken: [what: string, bytes: Buffer, addresses: [string, number, string, number] | null][] = [
  ['v1 over IPv4', v1('PROXY TCP4 203.0.113.5 10.0.0.1 49374 443\r\n'), ['203.0.113.5', 49_374, '10.0.0.1', 443]],
  ['v1 over IPv6', v1('PROXY TCP6 2001:DB8::1 fd00::2 1 65535\r\n'), ['2001:db8::1', 1, 'fd00::2', 65_535]],
  ['v1 of a proxy that does not know', v1('PROXY UNKNOWN ffff:f... whatever\r\n'), null],
  ['v1 of a proxy that says nothing', v1('PROXY UNKNOWN\r\n'), null],
  ['v2 over IPv4', V4, ['203.0.113.5', 49_374, '10.0.0.1', 443]],
  ['v2 over IPv6 with a TLV behind', v2(`21210028${'20010db8000000000000000000000001'}${'fd000000000000000000000000000002'}${'0001'}${'ffff'}${'04000141'}`), ['2001:db8::1', 1, 'fd00::2', 65_535]],
  ['v2 with a mapped address', v2(`21210024${'00000000000000000000ffffcb007105'}${'00000000000000000000ffff0a000001'}${'0001'}${'0002'}`), ['203.0.113.5', 1, '10.0.0.1', 2]],
  ['v2 of a proxy that asks for itself', v2('20000000'), null],
  ['v2 of a family that is none of ours', v2('21310002aabb'), null]
]

for (const [what, bytes, addresses] of taken) {
  test(`a PROXY header: ${what}, whole and with a request behind`, () => {
    for (const rest of ['', 'GET / HTTP/1.1\r\n']) {
      const found = readProxyHeader(Buffer.concat([bytes, Buffer.from(rest)]))
      assert.ok(found !== null && found !== 'malformed', what)
      assert.equal(found.length, bytes.length)
      assert.deepEqual(found.addresses === null ? null : [found.addresses.address, found.addresses.port, found.addresses.localAddress, found.addresses.localPort], addresses)
    }
    for (let length = 0; length < bytes.length; length++) assert.equal(readProxyHeader(bytes.subarray(0, length)), null, `${length} bytes`)
  })
}

const refused: [what: string, bytes: Buffer][] = [
  ['a request', v1('GET / HTTP/1.1\r\n')],
  ['a TLS hello', Buffer.from('1603010200', 'hex')],
  ['v1 without a line end in 107 bytes', v1(`PROXY TCP4 ${'1'.repeat(100)}`)],
  ['v1 with a bare line feed', v1('PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n')],
  ['v1 with an address of the other family', v1('PROXY TCP4 ::1 ::2 1 2\r\n')],
  ['v1 with too few parts', v1('PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n')],
  ['v1 with too many parts', v1('PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n')],
  ['v1 with a port that is none', v1('PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n')],
  ['v1 with a leading zero', v1('PROXY TCP4 1.1.1.01 2.2.2.2 1 2\r\n')],
  ['v1 of UDP', v1('PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n')],
  ['v2 of another version', v2('31110000')],
  ['v2 with a command that is none', v2('22110000')],
  ['v2 that is too long', v2('2111ffff')],
  ['v2 shorter than its addresses', v2('21110004aabbccdd')]
]

for (const [what, bytes] of refused) test(`no PROXY header: ${what}`, () => assert.equal(readProxyHeader(bytes), 'malformed'))
