import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import { text } from 'node:stream/consumers'
import { acceptHandles, type ConnectionHandle, peerAddress, socketOf } from './accept-handles.ts'

async function listen(host: string, accept: (handle: ConnectionHandle) => void): Promise<{ server: net.Server; port: number }> {
  const server = net.createServer().listen(0, host)
  await once(server, 'listening')
  acceptHandles(server, accept)
  return { server, port: (server.address() as net.AddressInfo).port }
}

test('a connection comes as a handle that knows its peer and becomes a socket', async () => {
  const { server, port } = await listen('127.0.0.1', (handle) => socketOf(handle).end(`you are ${peerAddress(handle)}`))
  assert.equal(await text(net.connect(port, '127.0.0.1')), 'you are 127.0.0.1')
  server.close()
  await once(server, 'close')
})

test('an IPv4 peer of an IPv6 port is known by its IPv4 address', async () => {
  const { server, port } = await listen('::', (handle) => socketOf(handle).end(peerAddress(handle)))
  assert.equal(await text(net.connect(port, '127.0.0.1')), '127.0.0.1')
  server.close()
})

test('closing the port leaves open connections alone and does not wait for them', async () => {
  const sockets: net.Socket[] = []
  const { server, port } = await listen('127.0.0.1', (handle) => sockets.push(socketOf(handle)))
  const client = net.connect(port, '127.0.0.1')
  await once(client, 'connect')
  client.write('x')
  while (sockets.length === 0) await new Promise((resolve) => setImmediate(resolve))
  server.close()
  await once(server, 'close')
  sockets[0]!.write('still here')
  assert.equal(String((await once(client, 'data'))[0]), 'still here')
  client.destroy()
  sockets[0]!.destroy()
})
