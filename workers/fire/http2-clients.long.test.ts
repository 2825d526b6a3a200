import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { ensureHttp2Clients } from '../../scripts/services/http2-clients.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { makeAuthority, makeCredential } from '../testing/make-certificate.ts'

// Clients that were written by others: curl, nghttp and h2load.

const isThere = ensureHttp2Clients((line) => process.stderr.write(`${line}\n`))
const skip = isThere ? false : 'curl and nghttp2-client have to be installed'
const POLICY = '00000000-0000-7000-8000-000000000400'
const run = promisify(execFile)
const UPLOAD_BYTES = 3_000_000
const REQUESTS = 20_000

let origin: Server
let folder: string
let upload: string
let ca: string

before(async () => {
  // Tells what it got; "/bytes/N" gives so many.
  origin = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    const hash = createHash('sha1')
    let bytes = 0
    request.on('data', (data: Buffer) => (hash.update(data), (bytes += data.length)))
    request.on('end', () => {
      const wanted = /^\/bytes\/(\d+)/.exec(request.url ?? '')?.[1]
      if (wanted !== undefined) return void response.end(Buffer.alloc(Number(wanted), 'x'))
      response.end(JSON.stringify({ method: request.method, bytes, sha1: hash.digest('hex'), fields: request.headers, trailers: request.trailers }))
    })
  })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-http2-'))
  upload = path.join(folder, 'upload')
  ca = path.join(folder, 'ca.pem')
  fs.writeFileSync(upload, randomBytes(UPLOAD_BYTES))
})

after(() => {
  origin.closeAllConnections()
  origin.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

for (const http2Engine of ['direct', 'http2-proxy']) {
  describe(`the engine ${http2Engine}`, { skip }, () => {
    let gateway: EngineUnderTest
    let base: string

    before(async () => {
      const authority = await makeAuthority()
      const credential = await makeCredential('00000000-0000-7000-8000-000000000500', ['a.test'], authority)
      fs.writeFileSync(ca, authority.pem)
      const targets = [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`]
      gateway = await startEngine({ targets, listener: { protocol: 'https', tlsPolicyId: POLICY, http2Engine }, tlsPolicies: [{ certificateIds: [credential.id], defaultCertificateId: credential.id }] })
      gateway.engine.useCredentials({ certificates: [credential], fleetKey: null })
      base = `https://a.test:${gateway.port}`
    })

    after(() => gateway.stop())

    const curl = async (...args: string[]): Promise<string> => {
      const { stdout } = await run('curl', ['-sS', '--http2', '--cacert', ca, '--resolve', `a.test:${gateway.port}:127.0.0.1`, '-w', '\n%{http_version} %{http_code}', ...args])
      return stdout
    }
    const sha1 = (): string => createHash('sha1').update(fs.readFileSync(upload)).digest('hex')

    test('curl: GET, HEAD, POST, PUT, DELETE with a body, large answers, many at once', async () => {
      assert.match(await curl(`${base}/a?b=c`), /"method":"GET".*\n2 200$/s)
      assert.match(await curl('-I', `${base}/bytes/9`), /^HTTP\/2 200 \r\n.*\n2 200$/s)
      for (const args of [['--data-binary', `@${upload}`], ['-T', upload], ['-X', 'DELETE', '--data-binary', `@${upload}`], ['-T', '-', '-X', 'POST']]) {
        const isPiped = args.includes('-')
        const answer = isPiped ? (await run('sh', ['-c', `curl -sS --http2 --cacert ${ca} --resolve a.test:${gateway.port}:127.0.0.1 -X POST -T - ${base}/up < ${upload}`])).stdout : (await curl(...args, `${base}/up`)).split('\n')[0]!
        const { bytes, sha1: got } = JSON.parse(answer) as { bytes: number; sha1: string }
        assert.deepEqual([bytes, got], [UPLOAD_BYTES, sha1()], args.join(' '))
      }
      assert.equal((await curl('-o', '/dev/null', '-w', '%{size_download} %{http_code}', `${base}/bytes/20000000`)), '20000000 200')
      const { stdout } = await run('curl', ['-sS', '--http2', '-Z', '--parallel-max', '50', '--cacert', ca, '--resolve', `a.test:${gateway.port}:127.0.0.1`, ...Array.from({ length: 100 }, (_, index) => ['-o', '/dev/null', '-w', '%{http_version} %{http_code}\n', `${base}/bytes/${index}`]).flat()])
      assert.deepEqual([...new Set(stdout.trim().split('\n'))], ['2 200'])
    })

    test('curl: HTTP/1.1 on the same port', async () => {
      assert.match(await curl('--http1.1', `${base}/`), /"method":"GET".*\n1\.1 200$/s)
    })

    test('nghttp: priorities, CONTINUATION, trailers and 100-continue', async () => {
      const nghttp = async (...args: string[]): Promise<string> => (await run('nghttp', ['-y', ...args, `https://127.0.0.1:${gateway.port}/`, '-H:authority: a.test'])).stdout
      assert.match(await nghttp(), /"method":"GET"/)
      assert.match(await nghttp('-p', '200'), /"method":"GET"/)
      assert.match(await nghttp('-v', '-m', '20', '-n', '-p', '7'), /RST_STREAM|GOAWAY|END_STREAM/)
      assert.match(await nghttp('--continuation'), /"continuation-test-6":"-{1000,}"/)
      const answer = await nghttp('-d', upload, '--trailer', 'x-after: it', '--expect-continue')
      assert.deepEqual((({ bytes, sha1: got }) => [bytes, got])(JSON.parse(answer) as { bytes: number; sha1: string }), [UPLOAD_BYTES, sha1()])
    })

    test(`h2load: ${REQUESTS} requests of 8 connections with 100 streams each, with and without bodies`, async () => {
      const small = path.join(folder, 'small')
      fs.writeFileSync(small, 'x'.repeat(2_000))
      for (const [count, args] of [[REQUESTS, []], [REQUESTS / 10, ['-d', small]]] as const) {
        const { stdout } = await run('h2load', ['-n', String(count), '-c', '8', '-m', '100', ...args, `https://127.0.0.1:${gateway.port}/bytes/1000`])
        assert.match(stdout, new RegExp(`requests: ${count} total, ${count} started, ${count} done, ${count} succeeded, 0 failed, 0 errored, 0 timeout`))
        assert.match(stdout, new RegExp(`status codes: ${count} 2xx, 0 3xx, 0 4xx, 0 5xx`))
      }
      assert.equal(gateway.engine.stats().byCode['http2_flood'], undefined)
    })
  })
}
