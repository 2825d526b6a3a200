import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { envHelp } from '../server/env.ts'
import { parsePortRanges } from '../shared/ports/port-range.ts'
import { nodeHelp } from '../workers/env.ts'
import { runCommandLine } from './gateway/testing/run-command-line.ts'
import { projectRoot } from './project-root.ts'

interface Service { command?: string[]; environment?: Record<string, string>; ports?: string[]; image: string; healthcheck?: { test?: string[] } }

const compose = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service>; volumes: Record<string, unknown> }
const dockerfile = read('Dockerfile')

function read(name: string): string {
  return readFileSync(path.join(projectRoot, name), 'utf8')
}

/** The names in a program's --help. */
function namesIn(help: string): string[] {
  return [...help.matchAll(/^ {2}([A-Z][A-Z0-9_]+) /gm)].map(([, name = '']) => name)
}

/** A value with the defaults that it names, as without an .env file. */
function withDefaults(text: string): string {
  return text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
}

test('the services of compose.yaml, each with variables that its program knows', () => {
  assert.deepEqual(Object.keys(compose.services).sort(), ['control-jobs', 'control-web', 'data-node', 'postgres', 'redis'])
  const known: Record<string, string[]> = {
    'control-web': [...namesIn(envHelp('control-web', '')), 'GATEWAY_TOKEN'],
    'control-jobs': namesIn(envHelp('control-jobs', '')),
    'data-node': namesIn(nodeHelp())
  }
  for (const [name, variables] of Object.entries(known)) {
    assert.ok(variables.length > 10)
    for (const variable of Object.keys(compose.services[name]?.environment ?? {})) assert.ok(variables.includes(variable), `${name} does not know ${variable}`)
    assert.deepEqual(compose.services[name]?.command, [name])
  }
})

test('each container gets only its own secrets', () => {
  const secretsOf = (name: string): string[] => [...new Set([...JSON.stringify(compose.services[name]?.environment).matchAll(/\$\{(\w*(?:PASSWORD|TOKEN|KEY))\b/g)].map(([, secret = '']) => secret))].sort()
  assert.deepEqual(secretsOf('data-node'), ['NODE_REDIS_PASSWORD', 'NODE_TOKEN'])
  assert.deepEqual(secretsOf('postgres'), ['POSTGRES_PASSWORD'])
  assert.deepEqual(secretsOf('redis'), ['NODE_REDIS_PASSWORD', 'REDIS_PASSWORD'])
  assert.ok(!secretsOf('control-web').includes('NODE_TOKEN'))
})

test('the ports of the data node are reserved and published alike, and none of the control plane is open to others', () => {
  const { environment = {}, ports = [] } = compose.services['data-node'] ?? {}
  for (const name of ['HTTP_PORT_RANGE', 'HTTPS_PORT_RANGE']) {
    const range = withDefaults(environment[name] ?? '')
    assert.ok(Array.isArray(parsePortRanges(range)), range)
    assert.ok(ports.some((port) => withDefaults(port) === `${range}:${range}`), `${range} is not published`)
  }
  for (const port of compose.services['control-web']?.ports ?? []) assert.match(port, /^127\.0\.0\.1:/)
})

test('images have a major version, and what the Dockerfile copies is there', () => {
  for (const [, image = ''] of dockerfile.matchAll(/^FROM (\S+)/gm)) assert.match(image, /^node:26-/)
  for (const name of ['postgres', 'redis']) assert.match(compose.services[name]?.image ?? '', /:\d+/)
  assert.match(dockerfile, /^USER node$/m)
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '))
  assert.ok(copied.length >= 3)
  for (const name of copied) assert.ok(existsSync(path.join(projectRoot, name)), name)
  assert.match(read('scripts/pack.ts'), /dist\/package/)
})

test('what the entry point runs exists, and says what is missing', async () => {
  assert.match(dockerfile, /ENTRYPOINT \["gateway", "start"\]/)
  for (const [name, missing] of [['control-web', 'DATABASE_URL'], ['control-jobs', 'DATABASE_URL'], ['data-node', 'NODE_TOKEN']] as const) {
    const { exitCode, stderr } = await runCommandLine(['start', name])
    assert.equal(exitCode, 78, stderr)
    assert.match(stderr, new RegExp(missing))
  }
})

test('health checks ask by a command that there is', async () => {
  const checks = [...dockerfile.matchAll(/^HEALTHCHECK .*CMD (\[.*\])$/gm)].map(([, words = '']) => JSON.parse(words) as string[])
  const [, ...ofNode] = compose.services['data-node']?.healthcheck?.test ?? []
  assert.equal(checks.length, 1)
  for (const [gateway, ...words] of [...checks, ofNode]) {
    assert.equal(gateway, 'gateway')
    const { exitCode, stderr } = await runCommandLine(words, { env: { CONTROL_PLANE_ADDR: '0.0.0.0:1', METRICS_ADDR: '0.0.0.0:1' } })
    assert.equal(exitCode, 69, stderr)
    assert.match(stderr, /http:\/\/127\.0\.0\.1:1\/(readyz|healthz) cannot be reached: .*ECONNREFUSED/)
  }
})
