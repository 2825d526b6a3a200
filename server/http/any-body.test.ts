import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ERRORS } from '../../shared/schema/error-table.ts'
import { endpoints } from '../api/endpoints.ts'
import type { ApiAnswer } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { createSmallDraft, created, publishDraft } from '../testing/drafts.ts'
import { createRandom, randomBody, randomQuery, randomSegment } from '../testing/random-input.ts'

/** Reproduces a failure: TEST_SEED=number. */
const SEED = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const ROUNDS = 40

let plane: ControlPlane
let drafts = 0

before(async () => {
  plane = await startControlPlane()
  await createSmallDraft(plane.as.editor)
  assert.equal((await publishDraft(plane.as.publisher)).status, 201)
})

after(() => plane.stop())

/** Things to hit, made anew because the endpoint before may have removed them. */
async function targets(): Promise<{ ids: string[]; nodeToken: string }> {
  const name = `target-${++drafts}`
  const draft = await createSmallDraft(plane.as.editor, name, 20_000 + drafts)
  const node = await created(plane.as.admin, '/nodes', { id: name })
  return { ids: [draft.listenerId, draft.upstreamId, draft.routeId, name, '1'], nodeToken: node.token }
}

describe(`whatever is sent (TEST_SEED=${SEED})`, () => {
  for (const endpoint of endpoints) {
    test(`${endpoint.method} ${endpoint.path} answers in its own shape`, async () => {
      const random = createRandom(SEED)
      const { ids, nodeToken } = await targets()
      const call = endpoint.permission === 'node' ? plane.withToken(nodeToken) : plane.as.admin
      for (let round = 0; round < ROUNDS; round++) {
        const path = endpoint.path.replace(/:\w+/g, () => randomSegment(random, ids)) + randomQuery(random, endpoint.query)
        const body = endpoint.method === 'GET' ? undefined : randomBody(random, endpoint.bodyDoc ?? endpoint.body)
        const headers = random.pick([{}, { 'if-match': '"1"' }, { 'if-match': '*' }]) as Record<string, string>
        const answer = await call(endpoint.method, path, body, headers)
        assertShape(answer, `${endpoint.method} ${path} ${body?.slice(0, 2000)}`)
      }
    })
  }
})

function assertShape(answer: ApiAnswer, sent: string): void {
  const shown = `${sent}\n${answer.status} ${JSON.stringify(answer.body)?.slice(0, 2000)}`
  assert.ok(answer.status < 500, shown)
  assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/, shown)
  if (answer.status < 400) return
  const { code, message, requestId, issues } = answer.body.error
  assert.ok(Object.hasOwn(ERRORS, code), shown)
  assert.equal(ERRORS[code as keyof typeof ERRORS].status, answer.status, shown)
  assert.ok(typeof message === 'string' && message !== '', shown)
  assert.equal(requestId, answer.headers.get('x-request-id'), shown)
  for (const issue of issues ?? []) {
    assert.deepEqual(Object.keys(issue).sort(), ['code', 'message', 'path', 'severity'], shown)
    assert.match(issue.path, /^(\/.*)?$/s, shown)
  }
}
