import type { FieldSchema } from '../../src/editing/field-schema.ts'
import type { Json } from '../../src/editing/pointer.ts'
import type { Spec } from '../../src/editing/spec.ts'

/** An object with something other than its default in every field, but those that `leaveOut` holds for. */
export function everyField(schema: FieldSchema, leaveOut: (pointer: string) => boolean, at = ''): Spec {
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => !leaveOut(`${at}/${name}`))
  return Object.fromEntries(fields.map(([name, field]) => [name, valueOf(field, leaveOut, `${at}/${name}`)]))
}

function valueOf(field: FieldSchema, leaveOut: (pointer: string) => boolean, at: string): Json {
  const other = field.anyOf?.at(-1)
  if (other !== undefined) return valueOf(other, leaveOut, at)
  if (field.const !== undefined) return field.const as Json
  if (field.enum !== undefined) return field.enum.find((word) => word !== field.default) ?? null
  if (field.properties !== undefined) return everyField(field, leaveOut, at)
  if (field.patternProperties !== undefined) return { a: 'b' }
  if (field.items !== undefined) return [valueOf(field.items, leaveOut, `${at}/0`)]
  if (field.type === 'boolean') return field.default !== true
  return field.type === 'string' ? 'something' : Number(field.default ?? 0) + 1
}
