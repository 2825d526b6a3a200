import { ERRORS } from '../../shared/schema/error-table.ts'
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
  components?: { schemas?: Record<string, Schema> }
}

const INTRODUCTION = `# REST API

Made from the OpenAPI document, which a running control plane serves at \`/api/v1/openapi.json\`. Bodies are JSON. Send
\`Authorization: Bearer TOKEN\`, or sign in (\`POST /api/v1/session\`) and send the cookie, with the header
\`x-csrf-token\` on everything that changes something. A change of a resource needs \`If-Match\` with the version that was
read.

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
  const sections = operations.map(({ title, operation }) => operationSection(title, operation, openApi))
  return `${INTRODUCTION}\n\n## Endpoints\n\n${overview}\n\n## Errors\n\n${errors}\n\n${sections.join('\n\n')}\n`
}

function operationSection(title: string, operation: Operation, openApi: OpenApi): string {
  const parts = [`## ${title}`, operation.description ?? operation.summary ?? '']
  if (operation['x-permission']) parts.push(`Permission: \`${operation['x-permission']}\`.`)
  if (operation.parameters?.length) {
    parts.push(markdownTable(['Parameter', 'In', 'Type', 'What it is'], operation.parameters.map((parameter) => [
      `\`${parameter.name}\`${parameter.required ? ' (required)' : ''}`, parameter.in, typeOf(parameter.schema ?? {}), parameter.description ?? parameter.schema?.description ?? ''
    ])))
  }
  parts.push(...bodyParts('Request body', operation.requestBody, openApi))
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    parts.push(...bodyParts(`Answer ${status}${response.description ? `: ${response.description}` : ''}`, response, openApi, true))
  }
  return parts.filter(Boolean).join('\n\n')
}

function bodyParts(title: string, body: Content | undefined, openApi: OpenApi, always = false): string[] {
  const schema = resolve(Object.values(body?.content ?? {})[0]?.schema, openApi)
  if (schema === undefined) return always ? [`${title}.`] : []
  const resource = resourceOf(schema)
  if (resource !== null) return [`${title}: ${resource}.`]
  const fields = listFields(schema)
  if (fields.length === 0) return [`${title}: ${typeOf(schema)}.`]
  return [`${title}:`, markdownTable(['Field', 'Type', 'Default', 'What it is'], fields.map((field) => [`\`${field.path}\``, field.type, field.preset, field.description]))]
}

function resolve(schema: Schema | undefined, openApi: OpenApi): Schema | undefined {
  const name = schema?.$ref?.split('/').at(-1)
  return name === undefined ? schema : openApi.components?.schemas?.[name]
}

/** A resource is described once, in CONFIG.md. */
function resourceOf(schema: Schema): string | null {
  const kinds = ['Listener', 'Upstream', 'Route']
  if (schema.title !== undefined && kinds.includes(schema.title)) return `a ${schema.title.toLowerCase()} ([fields](CONFIG.md#${schema.title.toLowerCase()}))`
  return null
}
