/** The JSON Schema keywords that the model uses, as they stand in a schema object at run time. */
export interface SchemaNode {
  type?: string
  title?: string
  description?: string
  default?: unknown
  const?: unknown
  enum?: readonly unknown[]
  properties?: Record<string, SchemaNode>
  patternProperties?: Record<string, SchemaNode>
  required?: readonly string[]
  items?: SchemaNode
  anyOf?: readonly SchemaNode[]
  discriminator?: { propertyName: string }
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  maxProperties?: number
  uniqueItems?: boolean
  pattern?: string
  format?: string
  /** Unit of a number, for people. */
  unit?: string
  /** What a `pattern` asks for, in words. */
  form?: string
  /** The object's fields may also be written in PascalCase. */
  'x-pascal-case'?: boolean
}
