import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitKeyOf } from './limit-key.ts'

const keyOf = (clientIp: string) => limitKeyOf('ip', 'route', { fields: '', clientIp, user: '', tenant: '', tenantSource: '' })

test('an address is counted by the block that one client has, however it is written', () => {
  assert.equal(keyOf('192.0.2.7'), 'ip 192.0.2.7')
  for (const same of ['2001:db8:0:1::5', '2001:db8:0:1:a:b:c:d', '2001:DB8:0000:0001::']) assert.equal(keyOf(same), keyOf('2001:db8:0:1::'), same)
  assert.notEqual(keyOf('2001:db8:0:2::5'), keyOf('2001:db8:0:1::5'))
})

test('a link-local address is counted by its block too, whatever zone it has', () => {
  for (const same of ['fe80::2', 'fe80::1%eth0', 'fe80::2%eth0', 'fe80::3%1', 'fe80::4%']) assert.equal(keyOf(same), keyOf('fe80::1'), same)
  assert.match(keyOf('fe80::1%eth0'), /::\/64$/)
})
