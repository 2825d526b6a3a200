import type { TSchema } from 'typebox'
import { ERRORS } from '../../shared/schema/error-table.ts'
import { inputSchema } from '../../shared/schema/input-schema.ts'
import { IssueSchema } from '../../shared/schema/issue-schema.ts'
import { takesIdempotencyKey } from '../idempotency/takes-idempotency-key.ts'
import { WebhookBody } from '../../shared/schema/webhook.ts'
import { PATH_PARAMETER } from '../http/endpoint-path.ts'
import type { Endpoint, Permission } from '../http/endpoint.ts'
import { BODY_EXAMPLES } from './body-examples.ts'
import { errorAnswers } from './error-answers.ts'
import { exampleOf } from './example-of.ts'
import { TAGS } from './tags.ts'

const PERMISSIONS: Record<Permission, string> = {
  public: 'Anybody.',
  viewer: 'Role viewer or above.',
  editor: 'Role editor or above.',
  publisher: 'Role publisher or above.',
  admin: 'Role admin.',
  node: 'Data nodes, with their own token.'
}

/** Who may call an endpoint, in a sentence or two. */
export function describePermission({ permission, tenantScoped }: Pick<Endpoint, 'permission' | 'tenantScoped'>): string {
  if (permission === 'public' || permission === 'node') return PERMISSIONS[permission]
  return `${PERMISSIONS[permission]} ${tenantScoped ? 'Who is limited to some tenants stays within these.' : 'Not for those who are limited to some tenants.'}`
}

const ErrorBody = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'requestId'],
      properties: {
        code: { type: 'string', enum: Object.keys(ERRORS) },
        message: { type: 'string' },
        requestId: { type: 'string' },
        issues: { type: 'array', items: IssueSchema }
      }
    }
  }
}

/** The OpenAPI 3.1 document of the endpoints; TypeBox schemas are JSON Schema as they stand. */
export function buildOpenApi(endpoints: readonly Endpoint[]) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(PATH_PARAMETER, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Open Gateway control plane', version: '1', description: 'Configuration, publishing and proof of what each data node serves.' },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, { session: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    webhooks: { event: { post: { summary: 'What webhooks are sent; any 2xx answer takes it', requestBody: { required: true, content: { 'application/json': { schema: WebhookBody, example: exampleOf(WebhookBody) } } }, responses: { '2XX': { description: 'Taken.' } } } } },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token, or the token of a data node for the node API.' },
        session: { type: 'apiKey', in: 'cookie', name: 'gateway_session', description: 'Set by POST /session; changes also need x-csrf-token.' }
      },
      schemas: { Error: ErrorBody }
    }
  }
}

function operation(endpoint: Endpoint) {
  const body = endpoint.bodyDoc ?? (endpoint.body && inputSchema(endpoint.body))
  return {
    operationId: operationId(endpoint),
    tags: [endpoint.tag],
    summary: endpoint.summary,
    description: describePermission(endpoint),
    'x-permission': endpoint.permission,
    'x-tenant-scoped': endpoint.tenantScoped ?? false,
    ...(endpoint.permission === 'public' ? { security: [] } : {}),
    parameters: parameters(endpoint),
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: body, example: BODY_EXAMPLES[`${endpoint.method} ${endpoint.path}`] ?? exampleOf(body) } } } }),
    responses: responses(endpoint)
  }
}

function operationId({ method, path }: Endpoint): string {
  return [method.toLowerCase(), ...path.split(/[/:.-]+/)].filter((part) => part !== '').map((part, index) => (index === 0 ? part : part[0]?.toUpperCase() + part.slice(1))).join('')
}

function parameters(endpoint: Endpoint): unknown[] {
  const inPath = [...endpoint.path.matchAll(PATH_PARAMETER)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const query = endpoint.query as (TSchema & { properties?: Record<string, { description?: string }>; required?: string[] }) | undefined
  const inQuery = Object.entries(query?.properties ?? {}).map(([name, schema]) => ({ name, in: 'query', required: false, description: schema.description ?? '', schema }))
  const version = endpoint.needsVersion ? [{ name: 'If-Match', in: 'header', required: true, description: 'The version you read, in quotes.', schema: { type: 'string' } }] : []
  const once = takesIdempotencyKey(endpoint) ? [{ name: 'Idempotency-Key', in: 'header', required: false, description: 'Once for each key: the same request with it gets the same answer for 24 hours.', schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' } }] : []
  return [...inPath, ...inQuery, ...version, ...once]
}

function responses(endpoint: Endpoint): Record<string, unknown> {
  const answers = Object.entries(endpoint.answers).map(([status, { description, schema }]) => [status, { description, ...(schema ? { content: { 'application/json': { schema, example: exampleOf(schema) } } } : {}) }])
  const error = { description: 'An error; the code tells which.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
  return { ...Object.fromEntries(answers), ...errorAnswers(endpoint), default: error }
}
