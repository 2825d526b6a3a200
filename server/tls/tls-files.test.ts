import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, mock, test } from 'node:test'
import pino from 'pino'
import { makeSelfSigned } from '../certificates/self-signed.ts'
import { endOf, readTlsFiles, type TlsFiles, type TlsPair, watchTlsFiles } from './tls-files.ts'

const DAYS = 30
let folder: string
let files: TlsFiles
let pairs: TlsPair[]

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-tls-'))
  files = { certFile: path.join(folder, 'web.pem'), keyFile: path.join(folder, 'web.key') }
  const made = await Promise.all([1, 2].map(() => makeSelfSigned(['web.test'], DAYS)))
  pairs = made.map(({ certificatePem, privateKeyPem }) => ({ cert: certificatePem, key: privateKeyPem }))
})

after(() => fs.rmSync(folder, { recursive: true }))

function write({ cert, key }: Partial<TlsPair>): void {
  if (cert !== undefined) fs.writeFileSync(files.certFile, cert)
  if (key !== undefined) fs.writeFileSync(files.keyFile, key)
}

test('a certificate and its key are read', () => {
  write(pairs[0]!)
  assert.deepEqual(readTlsFiles(files), pairs[0])
  assert.ok(Math.abs(endOf(pairs[0]!) - Date.now() - DAYS * 86_400_000) < 60_000)
})

test('what cannot be used is refused with the variable to mend', () => {
  const [one, other] = pairs as [TlsPair, TlsPair]
  const refusals: [Partial<TlsPair>, TlsFiles, RegExp][] = [
    [one, { ...files, certFile: path.join(folder, 'none.pem') }, /^CONTROL_PLANE_TLS_CERT: ENOENT/],
    [one, { ...files, keyFile: folder }, /^CONTROL_PLANE_TLS_KEY: EISDIR/],
    [{ ...one, cert: 'a certificate' }, files, /^CONTROL_PLANE_TLS_CERT: \S+web\.pem holds no certificate in PEM$/],
    [{ ...one, key: one.cert }, files, /^CONTROL_PLANE_TLS_KEY: \S+web\.key holds no private key/],
    [{ ...one, key: other.key }, files, /^CONTROL_PLANE_TLS_KEY: \S+web\.key is not the key of the certificate/]
  ]
  for (const [content, given, message] of refusals) {
    write(content)
    assert.throws(() => readTlsFiles(given), { message })
  }
})

test('a new pair is used as soon as both files are there, and a half one is told of once', (t) => {
  const [one, other] = pairs as [TlsPair, TlsPair]
  write(one)
  const used: TlsPair[] = []
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) })
  mock.timers.enable({ apis: ['setInterval'] })
  t.after(() => mock.timers.reset())
  const watch = watchTlsFiles(files, one, log, (pair) => void used.push(pair))
  mock.timers.tick(30_000)
  assert.deepEqual([used, lines], [[], []])
  write({ cert: other.cert })
  mock.timers.tick(30_000)
  assert.deepEqual([used, lines], [[], ['the new certificate of control-web cannot be used; the one before stays']])
  write({ key: other.key })
  mock.timers.tick(30_000)
  assert.deepEqual([used, lines.slice(1)], [[other], ['control-web has a new certificate']])
  watch.stop()
  write(one)
  mock.timers.tick(30_000)
  assert.equal(used.length, 1)
})
