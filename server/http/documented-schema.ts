import Type, { type TSchema } from 'typebox'
import { strictObject, timestamp } from '../../shared/schema/field.ts'
import { StoredFields } from '../../shared/schema/resource.ts'

/** A page of items, as every list answers. */
export function pageOf(item: TSchema) {
  return strictObject({ items: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'Ask for the next page with it; null on the last one.' }) })
}

/** A stored resource: its spec and the fields the control plane keeps. */
export function storedOf(spec: { properties: Record<string, TSchema> }, title: string): TSchema {
  return strictObject({ ...StoredFields.properties, ...spec.properties }, { title })
}

export const nullableTimestamp = Type.Union([timestamp(), Type.Null()])

interface Documented {
  type?: unknown
  description?: unknown
  properties?: Record<string, Documented>
  required?: string[]
}

/** What a JSON Merge Patch of an object takes: every field may be left out, and null clears those that need not be there. */
export function patchOf(input: TSchema): TSchema {
  return patchable(input as Documented) as TSchema
}

function patchable(node: Documented): Documented {
  if (node.properties === undefined) return node
  const { required = [], ...rest } = node
  const fields = Object.entries(node.properties).map(([name, field]) => [name, required.includes(name) ? patchable(field) : clearable(field)])
  return { ...rest, properties: Object.fromEntries(fields) }
}

function clearable(field: Documented): Documented & { anyOf: Documented[] } {
  return { description: field.description, anyOf: [patchable(field), { type: 'null' }] }
}
