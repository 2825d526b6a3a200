import type { TSchema } from 'typebox'

/**
 * The schema of what a person may send: fields that have a default may be left out, at every depth.
 * For request bodies in OpenAPI and forms; decoding takes such input anyway. The schema given is left as it is.
 */
export function inputSchema(schema: TSchema): TSchema {
  return withoutDefaulted(schema) as TSchema
}

function withoutDefaulted(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutDefaulted)
  if (!isObject(node)) return node
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties' || key === 'patternProperties') copy[key] = mapValues(value as Record<string, unknown>)
    else copy[key] = SUBSCHEMAS.has(key) ? withoutDefaulted(value) : value
  }
  const required = requiredOf(node)
  if (required.length > 0) copy['required'] = required
  else delete copy['required']
  return copy
}

/** Keywords whose values are schemas. */
const SUBSCHEMAS: ReadonlySet<string> = new Set(['items', 'anyOf', 'oneOf', 'allOf', 'additionalProperties'])

function mapValues(schemas: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutDefaulted(schema)]))
}

function requiredOf(node: Record<string, unknown>): string[] {
  const properties = (node['properties'] ?? {}) as Record<string, { default?: unknown }>
  const required = (node['required'] ?? []) as string[]
  return required.filter((name) => properties[name]?.default === undefined)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
