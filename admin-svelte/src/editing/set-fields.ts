import type { DraftedKind } from '../../../shared/schema/resource.ts'
import { fieldSchema, type FieldSchema } from './field-schema.ts'
import { equal } from './merge-patch.ts'
import { joinPointer, type Json } from './pointer.ts'
import type { Spec } from './spec.ts'

/**
 * Pointers of the fields that are something else than their default, down to what one control shows: a list of words and a
 * map are one field. An object that may be absent is a field, too.
 */
export function setFields(kind: DraftedKind, spec: Spec): string[] {
  return fieldsIn(fieldSchema(kind, ''), spec, '')
}

function fieldsIn(schema: FieldSchema, value: Json | undefined, pointer: string): string[] {
  if (value === undefined) return []
  if (Array.isArray(value) && schema.items?.properties !== undefined) {
    const { items } = schema
    return value.flatMap((item, index) => fieldsIn(items, item, `${pointer}/${index}`))
  }
  if (schema.properties === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return equal(value, schema.default as Json | undefined) ? [] : [pointer]
  }
  const { properties, required = [] } = schema
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = joinPointer(pointer, name)
    const below = fieldsIn(properties[name] ?? {}, inner, at)
    const mayBeAbsent = properties[name]?.properties !== undefined && !required.includes(name)
    return mayBeAbsent && inner !== undefined ? [at, ...below] : below
  })
}
