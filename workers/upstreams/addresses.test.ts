import assert from 'node:assert/strict'
import { promises as dns } from 'node:dns'
import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'

/** Origins by address, all on one port; the answer is the address. */
let origins: http.Server[]
let port: number
let gateway: EngineUnderTest

async function listen(address: string, on: number): Promise<void> {
  const origin = http.createServer((_request, response) => void response.setHeader('connection', 'close').end(address))
  origin.listen(on, address)
  await once(origin, 'listening')
  port = (origin.address() as net.AddressInfo).port
  origins.push(origin)
}

function resolveTo(...addresses: string[]): void {
  mock.method(dns, 'lookup', async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
}

beforeEach(() => {
  origins = []
  mock.method(dns.Resolver.prototype, 'resolve4', async () => [])
  mock.method(dns.Resolver.prototype, 'resolve6', async () => [])
})

afterEach(async () => {
  mock.restoreAll()
  await gateway.stop()
  for (const origin of origins) {
    origin.close()
    origin.closeAllConnections()
  }
})

async function start(upstream: object = {}): Promise<void> {
  gateway = await startEngine({ targets: [`http://app.test:${port}`], upstream: { healthCheck: { passive: { enabled: false } }, ...upstream } })
}

async function ask(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}/`)
  return response.headers.get('x-gateway-error') ?? await response.text()
}

async function askMany(count: number): Promise<string[]> {
  const answers: string[] = []
  for (let index = 0; index < count; index++) answers.push(await ask())
  return answers
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)

test('all addresses of a name get connections in turn, of both families', async () => {
  await listen('127.0.0.1', 0)
  await listen('::1', port)
  await listen('127.0.1.1', port)
  resolveTo('127.0.0.1', '::1', '127.0.1.1')
  await start()
  assert.deepEqual(await askMany(6), ['127.0.0.1', '::1', '127.0.1.1', '127.0.0.1', '::1', '127.0.1.1'])
})

test('an address that refuses is left alone while there are others', async () => {
  await listen('127.0.0.1', 0)
  resolveTo('::1', '127.0.0.1')
  await start({ retry: { attempts: 1 } })
  assert.deepEqual(await askMany(10), Array.from({ length: 10 }, () => '127.0.0.1'))
  assert.equal(sum(gateway.records.map(({ attempts }) => attempts)), 11, 'it was tried once')
})

test('when all refuse, all are tried again: none is given up', async () => {
  await listen('127.0.0.1', 0)
  resolveTo('::1', '127.0.1.1')
  await start({ retry: { attempts: 0 } })
  assert.deepEqual(await askMany(4), Array.from({ length: 4 }, () => 'connect_failed'))
  await listen('::1', port)
  assert.ok((await askMany(2)).includes('::1'))
})

test('the only address is tried again at once', async () => {
  await listen('127.0.0.1', 0)
  resolveTo('127.0.1.1')
  await start({ retry: { attempts: 0 } })
  assert.equal(await ask(), 'connect_failed')
  await listen('127.0.1.1', port)
  assert.equal(await ask(), '127.0.1.1')
})
