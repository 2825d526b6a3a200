import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeItem } from '../../api/types.ts'
import { portCells, portsOf } from './port-cells.ts'

const node = (id: string, ports: object[]) => ({ id, heartbeat: { httpPortRange: '8080-8082', httpsPortRange: '443', ports } }) as unknown as NodeItem

test('ranges are read port by port, and bounded', () => {
  assert.deepEqual(portsOf('8080-8082,80'), [8080, 8081, 8082, 80])
  assert.deepEqual(portsOf(''), [])
  assert.equal(portsOf('1-65535', 10).length, 10)
})

test('a port is what nodes report, else what the draft wants, else free; trouble on one node outweighs the others', () => {
  const nodes = [
    node('a', [{ port: 8080, protocol: 'http', state: 'listening' }, { port: 9000, protocol: 'http', state: 'listening' }]),
    node('b', [{ port: 8080, protocol: 'http', state: 'port_in_use' }])
  ]
  const cells = portCells(nodes, [{ name: 'web', port: 8080, protocol: 'http' }, { name: 'next', port: 8081, protocol: 'http' }])
  assert.deepEqual(cells.map(({ port, use, listener, troubled }) => ({ port, use, listener, troubled })), [
    { port: 443, use: 'free', listener: '', troubled: [] },
    { port: 8080, use: 'port_in_use', listener: 'web', troubled: ['b'] },
    { port: 8081, use: 'drafted', listener: 'next', troubled: [] },
    { port: 8082, use: 'free', listener: '', troubled: [] },
    { port: 9000, use: 'listening', listener: '', troubled: [] }
  ])
})
