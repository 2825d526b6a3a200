import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Value from 'typebox/value'
import { endpoints } from '../api/endpoints.ts'
import { PATH_PARAMETER } from '../http/endpoint-path.ts'
import { takesIdempotencyKey } from '../idempotency/takes-idempotency-key.ts'
import { Validator } from '@seriousme/openapi-schema-validator'
import { DRAFTED_KINDS, KIND_PATHS } from '../../shared/schema/resource.ts'
import { compileDecoder } from '../../shared/snapshot/compile-decoder.ts'
import { decodeByKind } from '../../shared/snapshot/decode-resource.ts'
import { buildOpenApi } from './openapi.ts'
import { TAGS } from './tags.ts'

/** Every operation of the document as the endpoints name it. */
const document = buildOpenApi(endpoints)
const operations = new Map<string, any>(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`, operation] as const)
  )
)

describe('the OpenAPI document', () => {
  test('is one by the schema of OpenAPI 3.1', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)))
    assert.deepEqual(errors ?? [], [])
    assert.deepEqual([valid, validator.version], [true, '3.1'])
  })

  test('says what each group is about', () => {
    assert.deepEqual([...new Set(endpoints.map(({ tag }) => tag))].sort(), Object.keys(TAGS).sort())
  })

  for (const endpoint of endpoints) {
    const name = `${endpoint.method} ${endpoint.path}`
    test(`has an example for ${name} that is taken, and answered as declared`, () => {
      const operation = operations.get(name)
      const body = operation.requestBody?.content['application/json'].example
      const kind = DRAFTED_KINDS.find((one) => endpoint.path === `/${KIND_PATHS[one]}`)
      const decoded = body === undefined ? null : endpoint.body ? compileDecoder(endpoint.body)(body) : kind && endpoint.method === 'POST' ? decodeByKind[kind](body) : null
      if (decoded !== null) assert.deepEqual(decoded.ok ? [] : decoded.issues, [])
      for (const [status, { content }] of Object.entries<any>(operation.responses)) {
        const { schema, example } = content?.['application/json'] ?? {}
        if (example !== undefined) assert.deepEqual([...Value.Errors(schema, example)], [], status)
      }
    })
  }

  test('has exactly the endpoints there are', () => {
    assert.deepEqual([...operations.keys()].sort(), endpoints.map(({ method, path }) => `${method} ${path}`).sort())
  })

  test('tells of each who may call it, what it takes and what it answers', () => {
    for (const endpoint of endpoints) {
      const name = `${endpoint.method} ${endpoint.path}`
      const operation = operations.get(name)
      assert.equal(operation['x-permission'], endpoint.permission, name)
      assert.equal(operation.summary, endpoint.summary, name)
      for (const status of [...Object.keys(endpoint.answers), '400', '429', '503', 'default']) assert.ok(status in operation.responses, `${name} ${status}`)
      const parameters = operation.parameters.map((parameter: any) => `${parameter.in} ${parameter.name}`)
      const expected = [...[...endpoint.path.matchAll(PATH_PARAMETER)].map(([, id]) => `path ${id}`), ...Object.keys((endpoint.query as any)?.properties ?? {}).map((id) => `query ${id}`), ...(endpoint.needsVersion ? ['header If-Match'] : []), ...(takesIdempotencyKey(endpoint) ? ['header Idempotency-Key'] : [])]
      assert.deepEqual(parameters, expected, name)
      assert.equal(operation.requestBody !== undefined, (endpoint.bodyDoc ?? endpoint.body) !== undefined, name)
    }
  })

  test('has an id of its own for each operation', () => {
    const ids = [...operations.values()].map((operation) => operation.operationId)
    assert.equal(new Set(ids).size, ids.length, ids.join())
  })

  test('can be sent: plain JSON, every reference resolves', () => {
    const text = JSON.stringify(document)
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(buildOpenApi(endpoints))))
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) assert.ok(Object.hasOwn(document.components.schemas, name), name)
  })

  test('tells of every field of the configuration what it is', () => {
    const undescribed = (node: any, at: string): string[] => {
      if (typeof node !== 'object' || node === null) return []
      const fields = Array.isArray(node) ? [] : Object.entries<any>(node.properties ?? {})
      const bare = fields.filter(([, field]) => !field.description && field.const === undefined).map(([name]) => `${at}/${name}`)
      return [...bare, ...Object.entries(node).flatMap(([key, inner]) => undescribed(inner, key === 'properties' ? at : `${at}/${key}`))]
    }
    for (const name of ['POST /listeners', 'POST /upstreams', 'POST /routes', 'PATCH /listeners/:id', 'PATCH /upstreams/:id', 'PATCH /routes/:id', 'POST /config/publish']) {
      const { schema } = operations.get(name).requestBody.content['application/json']
      assert.deepEqual(undescribed(schema, ''), [], name)
      assert.ok(Object.keys(schema.properties).length > 4, name)
    }
  })

  test('asks of a body only the fields that have no default', () => {
    const body = operations.get('POST /upstreams').requestBody.content['application/json'].schema
    assert.deepEqual(body.required, ['name'])
    const publish = operations.get('POST /config/publish').requestBody.content['application/json'].schema
    assert.deepEqual(publish.required, ['expectedRevision', 'expectedDraftHash'])
  })

  test('asks of a patch no field, and lets null clear those that need not be there', () => {
    const whole = operations.get('POST /upstreams').requestBody.content['application/json'].schema
    const { schema } = operations.get('PATCH /upstreams/:id').requestBody.content['application/json']
    assert.deepEqual(Object.keys(schema.properties), Object.keys(whole.properties))
    const right = [{}, { name: 'other' }, { description: null }, { connection: { idleMs: null } }, { targets: [{ id: 'a', address: 'http://a.example' }] }]
    for (const body of right) assert.deepEqual([...Value.Errors(schema, body)], [], JSON.stringify(body))
    for (const body of [{ name: null }, { colour: 'red' }, { targets: [{ id: null }] }]) assert.ok(!Value.Check(schema, body), JSON.stringify(body))
  })
})

describe('the endpoints', () => {
  test('are each there once, with a summary', () => {
    const names = endpoints.map(({ method, path }) => `${method} ${path.replace(PATH_PARAMETER, ':')}`)
    assert.equal(new Set(names).size, names.length)
    for (const { method, path, summary } of endpoints) assert.match(summary, /^[A-Z].{5,}[^.]$/, `${method} ${path}`)
  })

  test('that change a stored version ask for it', () => {
    for (const { method, path, needsVersion } of endpoints) {
      const isVersioned = /^\/(listeners|upstreams|routes|providers|tls-policies|policies|certificates|secrets|grants|webhooks)\/:\w+$/.test(path) && method !== 'GET' || path === '/webhooks/:id/secret'
      assert.equal(needsVersion ?? false, isVersioned, `${method} ${path}`)
    }
  })
})
