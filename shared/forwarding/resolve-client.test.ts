import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileIpRanges, ipNumber } from './ip-ranges.ts'
import { resolveClient } from './resolve-client.ts'

const trusted = compileIpRanges(['10.0.0.0/8', 'fd00::/8', '192.0.2.7/32', 'fe80::/64'])!
const lines = (...fields: string[]) => fields.map((field) => `${field}\r\n`).join('')

const cases: [what: string, fields: string[], peer: string, client: [address: string, scheme: string, host: string]][] = [
  ['nothing said', [], '10.0.0.1', ['10.0.0.1', '', '']],
  ['one hop', ['X-Forwarded-For: 1.2.3.4', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.test'], '10.0.0.1', ['1.2.3.4', 'https', 'shop.test']],
  ['a client that lies before a proxy that appends', ['X-Forwarded-For: 6.6.6.6, 1.2.3.4'], '10.0.0.1', ['1.2.3.4', '', '']],
  ['several trusted hops', ['x-forwarded-for: 6.6.6.6, 1.2.3.4, 10.9.9.9', 'X-Forwarded-For: fd00::5'], '10.0.0.1', ['1.2.3.4', '', '']],
  ['trusted hops only', ['X-Forwarded-For: 10.0.0.3, 10.0.0.2'], '10.0.0.1', ['10.0.0.3', '', '']],
  ['a peer that is not trusted', ['X-Forwarded-For: 1.2.3.4'], '8.8.8.8', ['8.8.8.8', '', '']],
  ['values for each hop', ['X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.0.0.2', 'X-Forwarded-Proto: http, https, http', 'X-Forwarded-Host: a, b, c'], '10.0.0.1', ['1.2.3.4', 'https', 'b']],
  ['fewer values than hops: that of the proxy before us', ['X-Forwarded-For: 6.6.6.6, 1.2.3.4', 'X-Forwarded-Proto: https'], '10.0.0.1', ['1.2.3.4', 'https', '']],
  ['a hop that is no address', ['X-Forwarded-For: 1.2.3.4, unknown', 'X-Forwarded-Proto: https'], '10.0.0.1', ['10.0.0.1', 'https', '']],
  ['ports and brackets', ['X-Forwarded-For: [2001:DB8::1]:99, 10.0.0.2:1234'], '10.0.0.1', ['2001:db8::1', '', '']],
  ['link-local addresses with their zones', ['X-Forwarded-For: 1.2.3.4, fe80::9%eth0, [FE80::7%br-1]:99'], 'fe80::1%eth0', ['1.2.3.4', '', '']],
  ['a zone behind what is no address', ['X-Forwarded-For: 1.2.3.4%eth0'], '10.0.0.1', ['10.0.0.1', '', '']],
  ['a port of its own', ['X-Forwarded-For: 1.2.3.4', 'X-Forwarded-Host: shop.test', 'X-Forwarded-Port: 8443'], '10.0.0.1', ['1.2.3.4', '', 'shop.test:8443']],
  ['a port twice', ['X-Forwarded-For: 1.2.3.4', 'X-Forwarded-Host: shop.test:80', 'X-Forwarded-Port: 8443'], '10.0.0.1', ['1.2.3.4', '', 'shop.test:80']],
  ['a scheme without a client', ['X-Forwarded-Proto: HTTPS'], '10.0.0.1', ['10.0.0.1', 'https', '']],
  ['a scheme that is none', ['X-Forwarded-For: 1.2.3.4', 'X-Forwarded-Proto: javascript'], '10.0.0.1', ['1.2.3.4', '', '']],
  ['Forwarded', ['Forwarded: for=6.6.6.6;proto=http, For="[2001:db8::1]:4711";Proto=https;host="shop.test:444";by=10.0.0.9'], '10.0.0.1', ['2001:db8::1', 'https', 'shop.test:444']],
  ['Forwarded with a quoted comma', ['Forwarded: for=1.2.3.4;host="a,b\\"c";proto=https'], '10.0.0.1', ['1.2.3.4', 'https', 'a,b"c']],
  ['Forwarded that hides the client', ['Forwarded: for=_hidden;proto=https'], '10.0.0.1', ['10.0.0.1', 'https', '']],
  ['Forwarded that is malformed', ['Forwarded: for=1.2.3.4;proto'], '10.0.0.1', ['10.0.0.1', '', '']],
  ['more hops than anybody has, made up by the client', [`X-Forwarded-For: ${'6.6.6.6, '.repeat(150)}1.2.3.4`, `X-Forwarded-Proto: ${'http, '.repeat(150)}https`], '10.0.0.1', ['1.2.3.4', 'https', '']],
  ['the same in Forwarded', [`Forwarded: ${'for=6.6.6.6, '.repeat(150)}for=1.2.3.4;proto=https`], '10.0.0.1', ['1.2.3.4', 'https', '']],
  ['both: X-Forwarded-For goes first', ['Forwarded: for=6.6.6.6', 'X-Forwarded-For: 1.2.3.4'], '10.0.0.1', ['1.2.3.4', '', '']]
]

for (const [what, fields, peer, client] of cases) {
  test(`the client behind trusted proxies: ${what}`, () => {
    const { address, scheme, host } = resolveClient(lines(...fields), peer, trusted)
    assert.deepEqual([address, scheme, host], client)
  })
}

test('ranges take what is in them, in every spelling', () => {
  for (const address of ['10.255.0.1', '::ffff:10.0.0.1', 'fd12:3456::1', 'FD00::', '192.0.2.7', 'fe80::1%eth0']) assert.ok(trusted(address), address)
  for (const address of ['11.0.0.1', '192.0.2.8', 'fe81::1', 'fe81::1%eth0', '%eth0', '10.0.0.1%eth0', '', 'x', '10.0.0', '10.0.0.1.1', '1::2::3', '10.00.0.1', ':::']) assert.ok(!trusted(address), address)
  assert.equal(compileIpRanges([]), null)
  assert.equal(ipNumber('1:2:3:4:5:6:7:8'), 0x00010002000300040005000600070008n)
})

test('a range of one family holds no address of the other', () => {
  const table: [range: string, inside: string[], outside: string[]][] = [
    ['::/0', ['2001:db8::1', '::1', 'fe80::1%eth0'], ['1.2.3.4', '::ffff:1.2.3.4']],
    ['::/80', ['::1', '::1.2.3.4'], ['1.2.3.4', '2001:db8::1']],
    ['::ffff:0:0/95', ['::fffe:0:1'], ['1.2.3.4']],
    ['0.0.0.0/0', ['1.2.3.4', '::ffff:1.2.3.4'], ['2001:db8::1', '::1', '::1.2.3.4']],
    ['::ffff:0:0/96', ['1.2.3.4', '::ffff:1.2.3.4'], ['::1']],
    ['::ffff:a00:0/104', ['10.1.2.3'], ['11.1.2.3']]
  ]
  for (const [range, inside, outside] of table) {
    const holds = compileIpRanges([range])!
    for (const address of inside) assert.ok(holds(address), `${address} is in ${range}`)
    for (const address of outside) assert.ok(!holds(address), `${address} is not in ${range}`)
  }
})
