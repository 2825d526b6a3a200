import { ERRORS } from '../../shared/schema/error-table.ts'
import { IssueSchema } from '../../shared/schema/issue-schema.ts'
import { Listener } from '../../shared/schema/listener.ts'
import { Route } from '../../shared/schema/route.ts'
import { Upstream } from '../../shared/schema/upstream.ts'
import { listFields, markdownTable, typeOf } from './schema-fields.ts'
import type { Schema } from './schema-fields.ts'

interface Content { content?: Record<string, { schema?: Schema }> }
interface Parameter { name: string; in: string; required?: boolean; description?: string; schema?: Schema }

interface Operation {
  summary?: string
  description?: string
  tags?: string[]
  'x-permission'?: string
  parameters?: Parameter[]
  requestBody?: Content
  responses?: Record<string, Content & { description?: string }>
}

/** The parts of an OpenAPI 3.1 document that are shown. */
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>
}

const INTRODUCTION = `# REST API

Made from the OpenAPI document, which a running control plane serves at \`/api/v1/openapi.json\`. The paths below stand
under \`/api/v1\`. Bodies are JSON. Send
\`Authorization: Bearer TOKEN\`, or sign in (\`POST /api/v1/session\`) and send the cookie, with the header
\`x-csrf-token\` on everything that changes something. A change of a resource needs \`If-Match\` with the version that was
read.

Lists are alike: \`limit\` items at most (100), sorted by the words of \`sort\` (\`sort=name,-updatedAt\`), from \`cursor\` on,
which is \`nextCursor\` of the page before; it is null on the last one. Filters leave items out; \`q\` looks for a part of the
name, \`label\` for \`KEY\` or \`KEY=VALUE\`, \`since\` and \`until\` take moments. A query parameter that is not known is refused.

An error is \`{ "error": { "code", "message", "requestId", "issues"? } }\`; an issue is
\`{ "path", "code", "message", "severity" }\` with a JSON pointer into what was sent.`

/** docs/API.md. */
export function apiDocument(openApi: OpenApi): string {
  const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation })))
  const overview = markdownTable(['Endpoint', 'Permission', 'What it does'], operations.map(({ title, operation }) => [
    `\`${title}\``, operation['x-permission'] ?? '', operation.summary ?? ''
  ]))
  const errors = markdownTable(['Code', 'Status', 'Meaning'], Object.entries(ERRORS).map(([code, { status, message }]) => [`\`${code}\``, String(status), message]))
  const sections = operations.map(({ title, operation }) => operationSection(title, operation))
  return `${INTRODUCTION}\n\n## Endpoints\n\n${overview}\n\n## Errors\n\n${errors}\n\n${sections.join('\n\n')}\n`
}

function operationSection(title: string, operation: Operation): string {
  const parts = [`## ${title}`, `${operation.summary ?? ''}. ${operation.description ?? ''}`]
  if (operation.parameters?.length) {
    parts.push(markdownTable(['Parameter', 'In', 'Type', 'What it is'], operation.parameters.map((parameter) => [
      `\`${parameter.name}\`${parameter.required ? ' (required)' : ''}`, parameter.in, typeOf(parameter.schema ?? {}), parameter.description ?? ''
    ])))
  }
  if (operation.requestBody) parts.push(...bodyParts('Request body', operation.requestBody))
  for (const [status, answer] of Object.entries(operation.responses ?? {})) {
    if (status !== 'default') parts.push(...bodyParts(`Answer ${status}: ${(answer.description ?? '').replace(/\.$/, '')}`, answer))
  }
  return parts.join('\n\n')
}

function bodyParts(title: string, body: Content): string[] {
  const schema = Object.values(body.content ?? {})[0]?.schema
  if (schema === undefined) return [`${title}.`]
  const fields = nameOf(schema) === null ? listFields(schema, nameOf) : []
  if (fields.length === 0) return [`${title}: ${typeOf(schema, nameOf)}.`]
  return [`${title}:`, markdownTable(['Field', 'Type', 'Default', 'What it is'], fields.map((field) => [`\`${field.path}\``, field.type, field.preset, field.description]))]
}

const KNOWN: [name: string, schema: Schema][] = [
  ['a [listener](CONFIG.md#listener)', Listener as Schema],
  ['an [upstream](CONFIG.md#upstream)', Upstream as Schema],
  ['a [route](CONFIG.md#route)', Route as Schema],
  ['an issue', IssueSchema as Schema]
]

/** Resources are described once, in CONFIG.md; stored ones have some fields more. */
function nameOf(schema: Schema): string | null {
  const own = schema.properties
  if (own === undefined) return null
  const found = KNOWN.find(([, known]) => Object.keys(known.properties ?? {}).every((name) => name in own))
  if (found === undefined) return null
  const more = Object.keys(own).filter((name) => !(name in (found[1].properties ?? {})))
  return more.length === 0 ? found[0] : `${found[0]} with ${more.map((name) => `\`${name}\``).join(', ')}`
}
