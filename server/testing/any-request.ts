import { after, before, describe, test } from 'node:test'
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts'
import { endpoints } from '../api/endpoints.ts'
import { buildOpenApi } from '../openapi/openapi.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { createSmallDraft, created, publishDraft } from './drafts.ts'
import { createRandom, ODD_BODIES, ODD_CURSORS, randomBody, randomHeaders, randomQuery, randomSegment } from './random-input.ts'

interface Operation {
  method: string
  path: string
  isForNodes: boolean
  query: any
  body: any
  example: unknown
}

/** What can be called, as the OpenAPI document tells it. */
const OPERATIONS: readonly Operation[] = Object.entries(buildOpenApi(endpoints).paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]: [string, any]) => ({
    method: method.toUpperCase(),
    path,
    isForNodes: operation['x-permission'] === 'node',
    query: { properties: Object.fromEntries(operation.parameters.filter((parameter: any) => parameter.in === 'query').map(({ name, schema }: any) => [name, schema])) },
    body: operation.requestBody?.content['application/json'].schema,
    example: operation.requestBody?.content['application/json'].example
  }))
)

/**
 * Declares one test for each operation: odd requests that broke something once, the example and what is near it, and
 * `rounds` random ones, against a real server with Postgres and Redis. The client holds every answer against what is
 * declared: never a 500, always the one shape of errors, bodies as their schemas say.
 */
export function testAnyRequest(seed: number, rounds: number): void {
  let redis: RedisServer
  let plane: ControlPlane
  let targets = 0

  before(async () => {
    redis = await startRedis()
    plane = await startControlPlane({ redisUrl: redis.url })
    await createSmallDraft(plane.as.editor)
    await publishDraft(plane.as.publisher)
  })

  after(async () => {
    await plane.stop()
    await redis.stop()
  })

  /** Things to hit, made anew because the operation before may have removed them. */
  async function createTargets(): Promise<{ ids: string[]; nodeToken: string }> {
    const name = `target-${++targets}`
    const draft = await createSmallDraft(plane.as.editor, name, 20_000 + targets)
    const node = await created(plane.as.admin, '/nodes', { id: name })
    // There may be a hundred only.
    await plane.db.webhooks.destroy({ where: {} })
    const hook = await created(plane.as.admin, '/webhooks', { name, url: 'https://hooks.invalid/', events: ['publish'] })
    return { ids: [draft.routeId, draft.listenerId, draft.upstreamId, hook.id, name, 'webhooks', '1'], nodeToken: node.token }
  }

  describe(`whatever is sent (TEST_SEED=${seed})`, () => {
    for (const { method, path, isForNodes, query, body, example } of OPERATIONS) {
      test(`${method} ${path} answers as declared`, async () => {
        const random = createRandom(seed)
        const { ids, nodeToken } = await createTargets()
        const call = isForNodes ? plane.withToken(nodeToken) : plane.as.admin
        const reads = method === 'GET'
        const version = { 'if-match': '"1"' }
        // To what has no pages a cursor is one more parameter that it does not know.
        const cursors = query.properties.cursor === undefined ? ODD_CURSORS.slice(0, 1) : ODD_CURSORS
        for (const id of path.includes('{') ? ids : ['']) {
          const at = path.replace(/\{\w+\}/g, id)
          for (const odd of reads ? cursors : ODD_BODIES) await (reads ? call('GET', `${at}?${odd}`) : call(method, at, odd, version))
        }
        for (let round = 0; round < rounds; round++) {
          const at = path.replace(/\{\w+\}/g, () => randomSegment(random, ids)) + randomQuery(random, query)
          await call(method, at, reads ? undefined : randomBody(random, body, example), randomHeaders(random))
        }
      })
    }
  })
}
