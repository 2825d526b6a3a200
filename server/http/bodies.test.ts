import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { json } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { MAX_BODY_BYTES, MAX_DEPTH, MAX_PUBLIC_BODY_BYTES } from './read-json.ts'

let plane: ControlPlane
let token: string

before(async () => {
  plane = await startControlPlane()
  token = (await plane.as.admin('POST', '/tokens', { name: 'bodies', role: 'editor' })).body.token
})

after(() => plane.stop())

interface Sent {
  status: number
  code: string
}

/** Posts pieces with nothing added to them; without content-length they go chunked. */
async function post(path: string, pieces: readonly (string | Buffer)[], headers: Record<string, string> = {}): Promise<Sent> {
  const request = http.request(`${plane.origin}/api/v1${path}`, { method: 'POST', agent: false, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers } })
  const answered = once(request, 'response')
  // What was sent in vain is cut off after the answer.
  answered.then(() => request.on('error', () => {}), () => {})
  for (const piece of pieces) request.write(piece)
  request.end()
  const [response] = (await answered) as [http.IncomingMessage]
  const body = (await json(response)) as { error?: { code: string } }
  return { status: response.statusCode ?? 0, code: body.error?.code ?? '' }
}

const padding = (bytes: number) => Array.from({ length: Math.ceil(bytes / 4096) + 1 }, () => ' '.repeat(4096))

describe('a body', () => {
  test('that grows too large on the way is answered, not cut off', async () => {
    for (let round = 0; round < 5; round++) {
      assert.deepEqual(await post('/session', padding(MAX_PUBLIC_BODY_BYTES), { authorization: '' }), { status: 413, code: 'body_too_large' })
      assert.deepEqual(await post('/upstreams', padding(MAX_BODY_BYTES)), { status: 413, code: 'body_too_large' })
    }
  })

  test('that says itself that it is too large is not waited for', async () => {
    assert.deepEqual(await post('/upstreams', ['{'], { 'content-length': String(MAX_BODY_BYTES + 1), expect: '100-continue' }), { status: 413, code: 'body_too_large' })
  })

  test('just as large as it may be is read', async () => {
    const text = JSON.stringify({ name: 'large' })
    assert.equal((await post('/upstreams', [text, ' '.repeat(MAX_BODY_BYTES - text.length)])).status, 201)
  })

  test('that is not UTF-8 is refused, also when a character is cut at its end', async () => {
    for (const bytes of [Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), Buffer.from([0x22, 0xc3])]) {
      assert.deepEqual(await post('/upstreams', [bytes]), { status: 400, code: 'invalid_json' })
    }
  })

  test('may have its characters cut between pieces', async () => {
    const bytes = Buffer.from(JSON.stringify({ name: 'grün €' }))
    assert.equal((await post('/upstreams', [...bytes].map((byte) => Buffer.from([byte])))).status, 201)
  })

  test('may be nested only so deep', async () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    assert.deepEqual(await post('/upstreams', [nested(MAX_DEPTH + 1)]), { status: 400, code: 'invalid_request' })
    assert.deepEqual(await post('/upstreams', [nested(1_000_000)]), { status: 400, code: 'invalid_request' })
  })

  test('has one type, with parameters or not', async () => {
    assert.equal((await post('/upstreams', ['{"name":"typed"}'], { 'content-type': 'Application/JSON; charset=utf-8' })).status, 201)
    assert.deepEqual(await post('/upstreams', ['{}'], { 'content-type': 'application/jsonp' }), { status: 415, code: 'unsupported_media_type' })
  })

  test('is asked for only after it is known who sends it', async () => {
    assert.deepEqual(await post('/upstreams', ['{"na'], { authorization: 'Bearer nobody-has-this', 'content-length': '5000000', expect: '100-continue' }), { status: 401, code: 'unauthenticated' })
  })
})
