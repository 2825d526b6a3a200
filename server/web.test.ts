import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'
import { freePort } from '../scripts/services/free-port.ts'
import { createTestDatabase, type TestDatabase } from '../scripts/services/test-database.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { createApiClient } from './testing/api-client.ts'
import { startProgram } from './testing/program.ts'
import { startTcpGate } from './testing/tcp-gate.ts'

let database: TestDatabase

before(async () => {
  database = await createTestDatabase()
})

after(() => database.drop())

async function environment(more: Record<string, string> = {}): Promise<{ env: Record<string, string>; origin: string }> {
  const port = await freePort()
  return { env: { DATABASE_URL: database.url, REDIS_URL: 'redis://127.0.0.1:1', CONTROL_PLANE_ADDR: `127.0.0.1:${port}`, ...more }, origin: `http://127.0.0.1:${port}` }
}

describe('control-web', () => {
  test('waits for the database, then tells the first password once, serves, and stops in order', async () => {
    const direct = new URL(database.url)
    const gate = await startTcpGate({ host: direct.hostname, port: Number(direct.port) })
    await gate.set('shut')
    direct.port = String(gate.port)
    const { env, origin } = await environment({ DATABASE_URL: direct.href, ADMIN_EMAIL: 'first@test.example' })
    const program = startProgram('web', env)
    await waitUntil(() => program.output().includes('the database cannot be reached; trying again'), { ms: 20_000, what: 'the line that says what is missing' })
    await gate.set('open')
    await program.ready

    const password = /First admin: first@test\.example, password (\S+)/.exec(program.output())?.[1] ?? ''
    const call = createApiClient(`${origin}/api/v1`, {})
    assert.equal((await call('POST', '/session', { email: 'first@test.example', password })).status, 200)
    assert.equal(await program.stop(), 0)
    await assert.rejects(fetch(origin))

    const again = startProgram('web', env)
    await again.ready
    assert.doesNotMatch(again.output(), /First admin/)
    assert.equal(await again.stop(), 0)
    await gate.stop()
  })

  test('takes the first password and a token from the environment, and logs neither', async () => {
    const other = await createTestDatabase()
    const secrets = { ADMIN_PASSWORD: 'a password of the environment', ADMIN_TOKEN: 'a-token-of-the-environment-32-chars' }
    const { env, origin } = await environment({ DATABASE_URL: other.url, LOG_LEVEL: 'trace', ...secrets })
    const program = startProgram('web', env)
    await program.ready
    const call = createApiClient(`${origin}/api/v1`, { authorization: `Bearer ${secrets.ADMIN_TOKEN}` })
    assert.equal((await call('GET', '/tokens')).status, 200)
    assert.equal((await call('POST', '/session', { email: 'admin@localhost', password: secrets.ADMIN_PASSWORD })).status, 200)
    assert.equal(await program.stop(), 0)
    for (const secret of [...Object.values(secrets), new URL(other.url).password]) assert.ok(!program.output().includes(secret))
    await other.drop()
  })

  test('believes the proxies that it is told of, for the live feed too', async () => {
    const { env, origin } = await environment({ WEB_TRUSTED_PROXIES: '127.0.0.1', API_RATE_LIMIT_ANONYMOUS: '1' })
    const program = startProgram('web', env)
    await program.ready
    const call = createApiClient(`${origin}/api/v1`, {})
    const upgrade = async (client: string) => {
      const [response] = await once(http.request(`${origin}/api/v1/events`, { headers: { connection: 'Upgrade', upgrade: 'websocket', 'x-forwarded-for': client } }).end(), 'response')
      response.resume()
      return response.statusCode
    }
    assert.equal((await call('GET', '/openapi.json', undefined, { 'x-forwarded-for': '198.51.100.1' })).status, 200)
    assert.deepEqual([await upgrade('198.51.100.1'), await upgrade('198.51.100.2')], [429, 401])
    assert.equal((await call('GET', '/openapi.json', undefined, { 'x-forwarded-for': '198.51.100.2' })).status, 429)
    assert.equal(await program.stop(), 0)
  })

  test('stops at once while it waits for the database', async () => {
    const { env } = await environment({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' })
    const program = startProgram('web', env)
    await waitUntil(() => program.output().includes('trying again'), { ms: 20_000, what: 'the first attempt' })
    assert.equal(await program.stop(), 0)
  })

  test('several may start at once on an empty database', async () => {
    const other = await createTestDatabase()
    const programs = await Promise.all([1, 2, 3].map(async () => startProgram('web', (await environment({ DATABASE_URL: other.url })).env)))
    await Promise.all(programs.map((program) => program.ready))
    assert.equal(programs.filter((program) => program.output().includes('First admin')).length, 1)
    assert.deepEqual(await Promise.all(programs.map((program) => program.stop())), [0, 0, 0])
    await other.drop()
  })

  test('says in one line that its address is taken', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    const { env } = await environment({ CONTROL_PLANE_ADDR: `127.0.0.1:${port}`, LOG_LEVEL: 'silent', ADMIN_PASSWORD: 'long enough for this' })
    const program = startProgram('web', env)
    assert.equal(await program.exited, 1)
    assert.match(program.output(), /^CONTROL_PLANE_ADDR: cannot listen on 127\.0\.0\.1 port \d+ \(.*EADDRINUSE.*\); free it or choose another\n$/)
    server.close()
  })

  test('names every wrong variable, one line each, and ends with 78', async () => {
    const program = startProgram('web', { DATABASE_URL: 'mysql://x', CONTROL_PLANE_ADDR: 'localhost', ADMIN_PASSWORD: 'short', LOG_LEVEL: 'loud' })
    assert.equal(await program.exited, 78)
    assert.deepEqual(program.output().trim().split('\n').map((line) => line.split(' ')[0]), ['DATABASE_URL', 'CONTROL_PLANE_ADDR', 'ADMIN_PASSWORD', 'LOG_LEVEL'])
  })

  test('prints its environment with --help', async () => {
    const program = startProgram('web', {}, ['--help'])
    assert.equal(await program.exited, 0)
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'CONTROL_PLANE_ADDR', 'ADMIN_EMAIL', 'ADMIN_PASSWORD', 'ADMIN_TOKEN', 'ADMIN_DIST', 'LOG_LEVEL']) assert.match(program.output(), new RegExp(`^  ${name} `, 'm'))
    assert.equal(await startProgram('web', {}, ['--port=1']).exited, 78)
  })
})
