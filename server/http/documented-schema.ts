import Type, { type TSchema } from 'typebox'
import { strictObject, timestamp } from '../../shared/schema/field.ts'
import { StoredFields } from '../../shared/schema/resource.ts'

/** A page of items, as every list answers. */
export function pageOf(item: TSchema): TSchema {
  return strictObject({ items: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'Ask for the next page with it; null on the last one.' }) })
}

/** A stored resource: its spec and the fields the control plane keeps. */
export function storedOf(spec: { properties: Record<string, TSchema> }, title: string): TSchema {
  return strictObject({ ...StoredFields.properties, ...spec.properties }, { title })
}

export const nullableTimestamp = Type.Union([timestamp(), Type.Null()])
