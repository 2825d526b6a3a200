import assert from 'node:assert/strict'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8'

let dist: string
let plane: ControlPlane
let bare: ControlPlane

before(async () => {
  dist = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-dist-'))
  fs.mkdirSync(path.join(dist, 'assets'))
  fs.writeFileSync(path.join(dist, 'index.html'), '<!doctype html><title>page</title>')
  fs.writeFileSync(path.join(dist, 'favicon.svg'), '<svg/>')
  fs.writeFileSync(path.join(dist, 'assets/app-1a2b.js'), 'export {}')
  fs.writeFileSync(path.join(path.dirname(dist), 'gateway-secret-beside-dist'), 'secret')
  ;[plane, bare] = await Promise.all([startControlPlane({ adminDist: dist }), startControlPlane()])
})

after(async () => {
  await Promise.all([plane.stop(), bare.stop()])
  fs.rmSync(dist, { recursive: true })
  fs.rmSync(path.join(path.dirname(dist), 'gateway-secret-beside-dist'))
})

async function get(target: string, accept = HTML, from = plane): Promise<{ status: number; text: string; type: string; headers: Headers }> {
  const response = await fetch(from.origin + target, { headers: { accept } })
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') ?? '', headers: response.headers }
}

/** The body at a path that is sent as it is written; fetch would tidy it up. */
async function getAsWritten(target: string): Promise<string> {
  const request = http.get(`${plane.origin}/`, { path: target })
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  return text(response)
}

describe('the admin page', () => {
  test('answers every address of its own', async () => {
    for (const target of ['/', '/index.html', '/routes', '/routes/01890000-0000-7000-8000-000000000000', '/nodes/eu-1.example', '/apiary', '/metrics-of-mine']) {
      const answer = await get(target)
      assert.deepEqual([answer.status, answer.type, answer.text], [200, 'text/html; charset=utf-8', '<!doctype html><title>page</title>'], target)
      assert.equal(answer.headers.get('cache-control'), 'no-cache')
    }
  })

  test('leaves the addresses of programs alone', async () => {
    for (const target of ['/api', '/api/', '/api/v1/nothing', '/api/v2/routes']) {
      const answer = await get(target)
      assert.equal(answer.status, 404, target)
      assert.equal(JSON.parse(answer.text).error.code, 'not_found', target)
    }
  })

  test('has files with their types; those with a hash in the name may be kept for ever', async () => {
    const script = await get('/assets/app-1a2b.js', '*/*')
    assert.deepEqual([script.status, script.type, script.text], [200, 'text/javascript; charset=utf-8', 'export {}'])
    assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    const icon = await get('/favicon.svg', 'image/*')
    assert.deepEqual([icon.type, icon.headers.get('cache-control')], ['image/svg+xml', 'no-cache'])
  })

  test('does not stand in for a missing script or picture', async () => {
    assert.equal((await get('/assets/gone-9z.js', '*/*')).status, 404)
    assert.equal((await get('/gone.png', 'image/avif,image/webp,*/*')).status, 404)
    assert.equal((await get('/routes', 'application/json')).status, 404)
  })

  test('gives no file outside its folder', async () => {
    for (const target of ['/../gateway-secret-beside-dist', '/%2e%2e/gateway-secret-beside-dist', '/..%2fgateway-secret-beside-dist', '/assets/../../gateway-secret-beside-dist']) {
      assert.ok(!(await getAsWritten(target)).includes('secret'), target)
    }
  })

  test('answers only to reading', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${plane.origin}/routes`, { method, headers: { accept: HTML } })
      assert.equal(response.status, 404, method)
    }
  })

  test('answers to HEAD what it answers to GET, without a body', async () => {
    for (const target of ['/', '/nodes', '/assets/app-1a2b.js', '/assets/gone-9z.js', '/api/v1/openapi.json', '/api/v1/routes', '/api/docs', '/healthz', '/readyz']) {
      const [full, head] = await Promise.all(['GET', 'HEAD'].map((method) => fetch(plane.origin + target, { method, headers: { accept: HTML } })))
      const facts = (response: Response | undefined) => [response?.status, ...['content-type', 'content-length', 'cache-control', 'etag'].map((name) => response?.headers.get(name))]
      assert.deepEqual(facts(head), facts(full), target)
      assert.equal(await head?.text(), '', target)
      await full?.text()
    }
  })

  test('that is not built says how to build it', async () => {
    const answer = await get('/', HTML, bare)
    assert.equal(answer.status, 503)
    assert.match(answer.text, /npm run up/)
    assert.equal((await get('/api/v1/openapi.json', '*/*', bare)).status, 200)
  })
})

describe('every answer', () => {
  test('tells browsers to trust only this origin', async () => {
    for (const target of ['/', '/healthz', '/api/docs', '/api/v1/openapi.json', '/api/v1/nothing']) {
      const { headers } = await get(target)
      const policy = headers.get('content-security-policy') ?? ''
      assert.match(policy, /default-src 'none'/, target)
      assert.match(policy, /frame-ancestors 'none'/, target)
      assert.doesNotMatch(policy, /unsafe|\*|https?:/, target)
      assert.equal(headers.get('x-content-type-options'), 'nosniff', target)
      assert.equal(headers.get('x-frame-options'), 'DENY', target)
      assert.equal(headers.get('referrer-policy'), 'no-referrer', target)
      assert.equal(headers.get('access-control-allow-origin'), null, target)
    }
  })

  test('of the API is kept by nobody', async () => {
    assert.equal((await plane.as.viewer('GET', '/routes')).headers.get('cache-control'), 'no-store')
    assert.equal((await plane.as.anonymous('GET', '/routes')).headers.get('cache-control'), 'no-store')
  })
})

test('the API has a page that lists its endpoints and needs nothing from elsewhere', async () => {
  const { status, type, text: page } = await get('/api/docs')
  assert.deepEqual([status, type], [200, 'text/html; charset=utf-8'])
  assert.match(page, /POST<\/b> <code>\/api\/v1\/config\/publish<\/code>/)
  assert.match(page, /<code>config_invalid<\/code>/)
  assert.doesNotMatch(page, /<style|style=|https?:\/\/|<script>|\son\w+=/)
  for (const [name, kind] of [['page.css', 'text/css; charset=utf-8'], ['page.js', 'text/javascript; charset=utf-8']]) {
    assert.ok(page.includes(`"/api/docs/${name}"`))
    const file = await get(`/api/docs/${name}`, '*/*')
    assert.deepEqual([file.status, file.type], [200, kind])
    assert.doesNotMatch(file.text, /https?:\/\/|url\(|@import|eval|innerHTML/)
  }
})

describe('health', () => {
  test('is told to anybody', async () => {
    const alive = await get('/healthz', '*/*')
    assert.deepEqual([alive.status, JSON.parse(alive.text)], [200, { status: 'ok' }])
  })

  test('without Redis is degraded, and still ready', async () => {
    const ready = await get('/readyz', '*/*')
    assert.deepEqual([ready.status, JSON.parse(ready.text)], [200, { status: 'degraded', database: 'ok', redis: 'unreachable', stopping: false }])
  })
})
