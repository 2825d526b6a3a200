import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import https from 'node:https'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { WebSocket } from 'ws'
import type { Credential } from '../../workers/credential.ts'
import { makeAuthority, makeCredential } from '../../workers/testing/make-certificate.ts'
import { runCommandLine } from '../gateway/testing/run-command-line.ts'
import { projectRoot } from '../project-root.ts'
import { freePort } from '../services/free-port.ts'
import { eventually } from './support/eventually.ts'
import { type Service, startService } from './support/service.ts'
import { startSystem, type System } from './support/system.ts'

let folder: string
let system: System
let web: Service
let url: string
let authorityPem: string
let pairs: Credential[]
let env: Record<string, string>

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-tls-'))
  const authority = await makeAuthority()
  authorityPem = authority.pem
  pairs = [await makeCredential('', ['localhost'], authority), await makeCredential('', ['localhost'], authority)]
  fs.writeFileSync(path.join(folder, 'authority.pem'), authorityPem)
  write(pairs[0]!)
  system = await startSystem({ nodes: 0 })
  const port = await freePort()
  url = `https://localhost:${port}`
  env = { ...system.webEnv, CONTROL_PLANE_ADDR: `127.0.0.1:${port}`, CONTROL_PLANE_TLS_CERT: path.join(folder, 'web.pem'), CONTROL_PLANE_TLS_KEY: path.join(folder, 'web.key') }
  web = await startService('server/web.ts', env)
})

after(async () => {
  await web?.stop()
  await system?.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

function write({ certificatePem, privateKeyPem }: Credential): void {
  fs.writeFileSync(path.join(folder, 'web.pem'), certificatePem)
  fs.writeFileSync(path.join(folder, 'web.key'), privateKeyPem)
}

interface Answer {
  status: number
  headers: Record<string, unknown>
  fingerprint: string
}

function ask(method: string, target: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(`${url}${target}`, { method, ca: authorityPem, agent: false, headers: { 'content-type': 'application/json' } }, (response) => {
      const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate()
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() }))
    })
    request.on('error', reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

test('the API speaks TLS: the cookie is Secure, and the browser is told to stay with https', async () => {
  const { status, headers } = await ask('POST', '/api/v1/session', { email: system.webEnv['ADMIN_EMAIL'], password: system.webEnv['ADMIN_PASSWORD'] })
  assert.equal(status, 200)
  assert.match(String(headers['set-cookie']), /; Secure;/)
  assert.equal(headers['strict-transport-security'], 'max-age=31536000')
  await assert.rejects(fetch(url.replace('https:', 'http:')))
  assert.doesNotMatch(web.lines.join('\n'), /without TLS/)
})

test('the health command asks by https', async () => {
  const { exitCode, stdout, stderr } = await runCommandLine(['health', 'control-web', '--ready'], { env })
  assert.equal(exitCode, 0, stderr)
  assert.equal(stdout, 'control-web is ready\n')
})

test('a data node and the command line come by https, and a publish reaches the node', async () => {
  const trust = { NODE_EXTRA_CA_CERTS: path.join(folder, 'authority.pem') }
  await system.addNode('far', { CONTROL_PLANE_URL: url, ...trust })
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(projectRoot, 'bin/gateway.js'), 'publish', '--note', 'by TLS'], { env: { PATH: process.env['PATH'], GATEWAY_URL: url, GATEWAY_TOKEN: system.webEnv['ADMIN_TOKEN'], ...trust } })
  assert.match(stdout, /revision 1/i)
  await system.applied(1)
})

test('a renewed certificate serves new connections while old ones stay', async () => {
  const socket = new WebSocket(`${url.replace('https:', 'wss:')}/api/v1/events`, { ca: authorityPem, headers: { authorization: `Bearer ${system.webEnv['ADMIN_TOKEN']}` } })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  let hasClosed = false
  socket.once('close', () => (hasClosed = true))
  assert.equal((await ask('GET', '/healthz')).fingerprint, pairs[0]!.fingerprint256)
  write(pairs[1]!)
  await eventually('the new certificate', async () => (await ask('GET', '/healthz')).fingerprint === pairs[1]!.fingerprint256, 20_000)
  assert.equal(hasClosed, false)
  socket.close()
})

test('a file that cannot be used ends the start with a line that names the variable', async () => {
  fs.writeFileSync(path.join(folder, 'web.key'), 'no key')
  await assert.rejects(startService('server/web.ts', { ...env, CONTROL_PLANE_ADDR: `127.0.0.1:${await freePort()}` }), /CONTROL_PLANE_TLS_KEY: .*web\.key holds no private key/)
})
