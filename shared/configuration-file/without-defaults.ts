import type { SchemaNode } from '../snapshot/schema-node.ts'

/** The value without what decoding would fill in anyway, at every depth. */
export function withoutDefaults(schema: SchemaNode, value: unknown): unknown {
  if (Array.isArray(value)) return schema.items === undefined ? value : value.map((item) => withoutDefaults(schema.items as SchemaNode, item))
  if (typeof value !== 'object' || value === null || schema.properties === undefined) return value
  const kept: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    const field = schema.properties[name]
    const written = field === undefined ? inner : withoutDefaults(field, inner)
    if (field === undefined || !isDefault(field, written)) kept[name] = written
  }
  return kept
}

/** Of an object whose fields all have defaults nothing is left. */
function isDefault(field: SchemaNode, written: unknown): boolean {
  return field.default !== undefined && JSON.stringify(written) === JSON.stringify(field.default)
}
