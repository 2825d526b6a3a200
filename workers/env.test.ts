import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import os from 'node:os'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readNodeEnvironment } from './env.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const NEEDED = { CONTROL_PLANE_URL: 'http://127.0.0.1:9000/', NODE_TOKEN: 'a-node-token' }

function problemsOf(env: Record<string, string>): string[] {
  const read = readNodeEnvironment({ ...NEEDED, ...env })
  return 'problems' in read ? read.problems : []
}

test('what is needed is enough; the rest has defaults', () => {
  const read = readNodeEnvironment(NEEDED)
  assert.ok('value' in read)
  const { value } = read
  assert.equal(value.controlPlaneUrl, 'http://127.0.0.1:9000')
  assert.equal(value.threads, os.availableParallelism())
  assert.deepEqual(value.metricsAddr, { host: '127.0.0.1', port: 9100 })
  assert.deepEqual(value.httpPorts, [])
  assert.equal(value.redisUrl, null)
  assert.equal(value.onStop, 'drain')
})

test('every variable is read', () => {
  const read = readNodeEnvironment({
    ...NEEDED,
    HTTP_PORT_RANGE: '20000-20002, 80',
    HTTPS_PORT_RANGE: '443',
    NODE_LABELS: 'zone=a, rack=2',
    REDIS_URL: 'rediss://user:secret@redis:6380',
    METRICS_ADDR: '[::1]:9200',
    THREADS: '3'
  })
  assert.ok('value' in read)
  const { value } = read
  assert.deepEqual(value.httpPorts, [{ from: 80, to: 80 }, { from: 20000, to: 20002 }])
  assert.deepEqual(value.nodeLabels, { zone: 'a', rack: '2' })
  assert.deepEqual(value.metricsAddr, { host: '::1', port: 9200 })
  assert.equal(value.threads, 3)
})

test('each wrong value is one line that names the variable', () => {
  const wrong: Record<string, string> = {
    CONTROL_PLANE_URL: 'ftp://x',
    NODE_TOKEN: 'short',
    REDIS_URL: 'http://user:secret@x',
    HTTP_PORT_RANGE: '20000-19000',
    HTTPS_PORT_RANGE: '443,443',
    THREADS: '0',
    METRICS_ADDR: '9100',
    NODE_LABELS: 'zone',
    LOG_LEVEL: 'loud',
    ON_STOP: 'now',
    DRAIN_SECONDS: '1.5'
  }
  const problems = problemsOf(wrong)
  assert.deepEqual(problems.map((problem) => problem.split(' ')[0]).sort(), Object.keys(wrong).sort())
  assert.ok(!problems.join().includes('secret'), 'no password is repeated')
})

test('ports may not be given twice', () => {
  assert.match(problemsOf({ HTTP_PORT_RANGE: '20000-20100', HTTPS_PORT_RANGE: '20100' })[0] ?? '', /HTTPS_PORT_RANGE has port 20100/)
  assert.match(problemsOf({ HTTP_PORT_RANGE: '9000-9200' })[0] ?? '', /METRICS_ADDR has port 9100 of HTTP_PORT_RANGE/)
  assert.match(problemsOf({ DATA_DIR: `/tmp/${'x'.repeat(120)}` })[0] ?? '', /DATA_DIR/)
})

test('the process ends with 78 and says why; --help ends with 0', () => {
  const refused = spawnSync(process.execPath, [MAIN], { env: { ...process.env, NODE_TOKEN: '', CONTROL_PLANE_URL: 'http://x', THREADS: 'many' }, encoding: 'utf8' })
  assert.equal(refused.status, 78)
  assert.match(refused.stderr, /^NODE_TOKEN is not set \(.+\)\nTHREADS must be a whole number from 1 to 256, not "many" \(.+\)\n$/)
  const help = spawnSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8' })
  assert.equal(help.status, 0)
  assert.match(help.stdout, /HTTP_PORT_RANGE/)
})
