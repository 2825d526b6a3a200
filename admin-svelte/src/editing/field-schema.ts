import { Listener } from '../../../shared/schema/listener.ts'
import { Policy } from '../../../shared/schema/policy.ts'
import { Provider } from '../../../shared/schema/provider.ts'
import type { DraftedKind } from '../../../shared/schema/resource.ts'
import { Route } from '../../../shared/schema/route.ts'
import { TlsPolicy } from '../../../shared/schema/tls-policy.ts'
import { Upstream } from '../../../shared/schema/upstream.ts'
import { pointerParts } from './pointer.ts'

/** The parts of JSON Schema that a form reads. */
export interface FieldSchema {
  type?: string
  title?: string
  description?: string
  unit?: string
  default?: unknown
  enum?: (string | number)[]
  const?: unknown
  minimum?: number
  maximum?: number
  maxLength?: number
  required?: string[]
  properties?: Record<string, FieldSchema>
  patternProperties?: Record<string, FieldSchema>
  items?: FieldSchema
  /** Objects of which it is one. */
  anyOf?: FieldSchema[]
}

const SCHEMAS: Record<DraftedKind, FieldSchema> = {
  listeners: Listener as unknown as FieldSchema,
  upstreams: Upstream as unknown as FieldSchema,
  routes: Route as unknown as FieldSchema,
  providers: Provider as unknown as FieldSchema,
  tlsPolicies: TlsPolicy as unknown as FieldSchema,
  policies: Policy as unknown as FieldSchema
}

/** The declared schema of a field of a kind of resource; array indices step into the items. */
export function fieldSchema(kind: DraftedKind, pointer: string): FieldSchema {
  let schema = SCHEMAS[kind]
  for (const part of pointerParts(pointer)) {
    const next = schema.properties?.[part] ?? schema.anyOf?.find((one) => one.properties?.[part] !== undefined)?.properties?.[part] ?? schema.items ?? Object.values(schema.patternProperties ?? {})[0]
    if (next === undefined) return {}
    schema = next
  }
  return schema
}

/** A field needs a value from the person: it is required and has no default. */
export function isRequired(kind: DraftedKind, pointer: string): boolean {
  const cut = pointer.lastIndexOf('/')
  const parent = fieldSchema(kind, pointer.slice(0, cut))
  const own = fieldSchema(kind, pointer)
  return own.default === undefined && (parent.required?.includes(pointer.slice(cut + 1)) ?? false)
}
