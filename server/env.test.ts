import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EnvError, envHelp, readEnv } from './env.ts'
import { DEFAULT_RETENTION } from './retention.ts'

const DATABASE_URL = 'postgres://me:secret@db.example/gateway'

/** The lines of the refusal. */
function linesOf(env: NodeJS.ProcessEnv): string[] {
  try {
    readEnv(env)
  } catch (error) {
    assert.ok(error instanceof EnvError)
    return error.message.split('\n')
  }
  return []
}

describe('the environment', () => {
  test('needs only a database', () => {
    const env = readEnv({ DATABASE_URL })
    assert.deepEqual([env.databaseUrl, env.redisUrl, env.address, env.adminEmail, env.logLevel], [DATABASE_URL, 'redis://127.0.0.1:6379', { host: '0.0.0.0', port: 9000 }, 'admin@localhost', 'info'])
    assert.deepEqual([env.adminPassword, env.adminToken], [undefined, undefined])
    assert.match(env.adminDist, /admin-svelte\/dist$/)
  })

  test('that is empty means the default', () => {
    assert.deepEqual(readEnv({ DATABASE_URL, REDIS_URL: '', ADMIN_PASSWORD: '', LOG_LEVEL: '' }), readEnv({ DATABASE_URL }))
  })

  test('keeps what it always kept unless it says otherwise', () => {
    assert.deepEqual(readEnv({ DATABASE_URL }).retention, DEFAULT_RETENTION)
    assert.deepEqual(readEnv({ DATABASE_URL, SNAPSHOTS_KEPT_DAYS: '30', SNAPSHOTS_KEPT: '20', AUDIT_KEPT_DAYS: '400', TRAFFIC_KEPT_DAYS: '1' }).retention, { snapshotDays: 30, snapshots: 20, auditDays: 400, trafficDays: 1, nodeHours: 2_160 })
  })

  test('limits requests, or does not', () => {
    assert.deepEqual(readEnv({ DATABASE_URL }).rateLimits, { actor: 12_000, anonymous: 1_200, node: 3_000 })
    assert.deepEqual(readEnv({ DATABASE_URL, API_RATE_LIMIT: '0', API_RATE_LIMIT_ANONYMOUS: '60', API_RATE_LIMIT_NODE: '600' }).rateLimits, { actor: 0, anonymous: 60, node: 600 })
    assert.match(linesOf({ DATABASE_URL, API_RATE_LIMIT: '-1' })[0] ?? '', /^API_RATE_LIMIT must be/)
  })

  test('may name the proxies whose word is believed; nobody by default', () => {
    assert.equal(readEnv({ DATABASE_URL }).trustedProxies, null)
    const trusts = readEnv({ DATABASE_URL, WEB_TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8,192.0.2.7' }).trustedProxies
    const asked = ['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1', '192.0.2.7', '192.0.2.8', '11.0.0.1', '']
    assert.deepEqual(asked.filter((address) => trusts?.(address)), asked.slice(0, 4))
  })

  test('may name an IPv6 address', () => {
    assert.deepEqual(readEnv({ DATABASE_URL, CONTROL_PLANE_ADDR: '[::1]:80' }).address, { host: '::1', port: 80 })
  })

  const WRONG: Record<string, string[]> = {
    DATABASE_URL: ['', 'gateway', 'mysql://db.example/gateway', 'postgres://'],
    REDIS_URL: ['localhost:6379', 'http://redis.example', 'redis://'],
    SNAPSHOTS_KEPT_DAYS: ['0', '-1', 'ten', '36501'],
    SNAPSHOTS_KEPT: ['19', '1e3', '100001'],
    AUDIT_KEPT_DAYS: ['0', '1.5', 'for ever'],
    TRAFFIC_KEPT_DAYS: ['0', '366'],
    WEB_TRUSTED_PROXIES: ['proxy', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/8;fd00::/8', '10.0.0.0/8,', '*'],
    CONTROL_PLANE_ADDR: ['9000', ':9000', 'localhost:9000', '127.0.0.1', '127.0.0.1:0', '127.0.0.1:65536', '::1:9000', '[127.0.0.1:9000', '256.0.0.1:9000'],
    ADMIN_EMAIL: ['admin', '@', 'a b@c', `${'a'.repeat(250)}@test`],
    ADMIN_PASSWORD: ['eleven char', 'x'.repeat(1025)],
    ADMIN_TOKEN: ['x'.repeat(31), 'x'.repeat(257), `${'x'.repeat(32)} y`, 'ü'.repeat(32)],
    LOG_LEVEL: ['INFO', 'verbose', '30']
  }
  for (const [name, values] of Object.entries(WRONG)) {
    test(`with a wrong ${name} is refused in one line that names it and not its value`, () => {
      for (const value of values) {
        const lines = linesOf({ DATABASE_URL, [name]: value })
        assert.equal(lines.length, 1, `${name}=${value}: ${lines.join(' | ')}`)
        assert.match(lines[0] ?? '', new RegExp(`^${name} must (have|be) `))
        if (value.length > 4 && /PASSWORD|TOKEN/.test(name)) assert.ok(!lines[0]?.includes(value))
      }
    })
  }

  test('wrong in every place is refused with a line for each', () => {
    const env = Object.fromEntries(Object.entries(WRONG).map(([name, values]) => [name, values.at(-1)]))
    assert.deepEqual(linesOf(env).map((line) => line.split(' ')[0]), Object.keys(WRONG))
  })

  test('is printed whole by the help', () => {
    const help = envHelp('control-web', 'purpose')
    for (const name of [...Object.keys(WRONG), 'ADMIN_DIST']) assert.match(help, new RegExp(`^  ${name} `, 'm'))
  })
})
