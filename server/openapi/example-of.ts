import type { TSchema } from 'typebox'
import type { SchemaNode } from '../../shared/snapshot/schema-node.ts'
import { STRING_FORMATS } from '../../shared/snapshot/string-formats.ts'

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057'
const MOMENT = '2026-01-31T12:00:00.000Z'

/** Texts for fields of these names, where the schema takes them. */
const BY_NAME: Readonly<Record<string, string>> = {
  name: 'orders', email: 'ann@example.org', createdBy: 'ann@example.org', updatedBy: 'ann@example.org', by: 'ann@example.org', actor: 'ann@example.org', note: 'Orders go to the new upstream', description: 'Orders of the shop',
  nodeId: 'node-1', url: 'https://hooks.example.com/gateway', host: 'shop.example', path: '/orders/7', tenantCode: 'acme', queue: 'webhooks', message: 'port 8443 is in use', code: 'port_in_use', csrfToken: 'mY3nCs9vX0tqQ1rZ', version: '0.1.0', client: '203.0.113.7', requestId: 'mj2k9x-1f'
}

/** The first of these that a schema takes is its example. */
const TEXTS: readonly string[] = [
  UUID, MOMENT, 'a3f1'.repeat(16), 'orders', 'shop.example', '10.0.0.1', '10.0.0.0/8', 'https://10.0.1.1:8443', 'https://shop.example', '/orders', '200-299', 'GET', 'bearer', 'ip', 'text/html', 'ann@example.org', 'live', '100', `${UUID}.7`,
  `${'A'.repeat(43)}=`, 'TLS_AES_128_GCM_SHA256', '*', 'team=shop', '17', `$scrypt$ln=15,r=8,p=1$${'A'.repeat(22)}$${'B'.repeat(43)}`
]

/** A value that the schema takes: what must be there, with the defaults. The same each time. */
export function exampleOf(schema: TSchema): unknown {
  return example(schema as SchemaNode, '')
}

function example(node: SchemaNode, name: string): unknown {
  // The default of an object is short: its fields have defaults of their own.
  if (node.default !== undefined && !(node.type === 'object' && (node.required?.length ?? 0) > 0)) return node.default
  if (node.const !== undefined) return node.const
  if (node.enum) return node.enum[0]
  if (node.anyOf) return example(node.anyOf.find((option) => option.type !== 'null') ?? {}, name)
  switch (node.type) {
    case 'object':
      return objectExample(node)
    case 'array':
      return node.maxItems === 0 ? [] : [example(node.items ?? {}, name.replace(/s$/, ''))]
    case 'integer':
    case 'number':
      return Math.min(node.maximum ?? Infinity, Math.max(node.minimum ?? 0, 1))
    case 'boolean':
      return true
    case 'string':
      return textExample(node, name)
    default:
      return null
  }
}

function objectExample(node: SchemaNode): unknown {
  if (node.patternProperties) return {}
  const fields = Object.entries(node.properties ?? {})
  const required = new Set(node.required)
  // Of what need not be there, as in a patch, one field shows how it is written.
  const shown = required.size > 0 ? fields.filter(([name]) => required.has(name)) : fields.slice(0, 1)
  return Object.fromEntries(shown.map(([name, field]) => [name, example(field, name)]))
}

function textExample(node: SchemaNode, name: string): string {
  const takes = (text: string) =>
    text.length >= (node.minLength ?? 0) && text.length <= (node.maxLength ?? Infinity) && (node.pattern === undefined || new RegExp(node.pattern, 'u').test(text)) && (node.format === undefined || STRING_FORMATS[node.format]?.normalize(text) === text)
  const own = BY_NAME[name]
  if (own !== undefined && takes(own)) return own
  const isFree = node.pattern === undefined && node.format === undefined
  const text = isFree ? ['text', name, 'some longer text, as it has to be'].find(takes) : TEXTS.find(takes)
  if (text === undefined) throw new Error(`no example fits ${JSON.stringify(node)}`)
  return text
}
