import type { Static, TSchema } from 'typebox'
import type { Decoded } from '../schema/issue.ts'
import { type DecodeContext, createContext, isFull, placeName, report, shown } from './decode-context.ts'
import { decodeBoolean, enumDecoder, numberDecoder, stringDecoder } from './decode-scalar.ts'
import { nearestName } from './nearest-name.ts'
import type { SchemaNode } from './schema-node.ts'

/** Returns the decoded value, or undefined after reporting why there is none. */
export type FieldDecoder = (input: unknown, context: DecodeContext) => unknown

interface Field {
  name: string
  title: string
  decode: FieldDecoder
  required: boolean
  /** Undefined when the field has no default. */
  default: unknown
}

/**
 * Makes the decoder of a schema: one walk over the input that checks every value, fills in defaults at every
 * depth and brings values into their stored form. Reports one issue per mistake, with its JSON pointer.
 */
export function compileDecoder<S extends TSchema>(schema: S): (input: unknown) => Decoded<Static<S>> {
  const decode = fieldDecoder(schema)
  return (input) => {
    const context = createContext()
    const value = decode(input, context)
    return context.issues.length > 0 ? { ok: false, issues: context.issues } : { ok: true, value: value as Static<S>, issues: [] }
  }
}

/** The decoder of one place in a schema. Throws at start-up when the schema uses a keyword it does not know. */
export function fieldDecoder(schema: TSchema): FieldDecoder {
  const node = schema as SchemaNode
  if (node.anyOf) return unionDecoder(node, node.anyOf)
  if (node.enum) return enumDecoder(node.enum)
  if (node.const !== undefined) return enumDecoder([node.const])
  switch (node.type) {
    case 'object':
      return node.patternProperties ? recordDecoder(node, node.patternProperties) : objectDecoder(node)
    case 'array':
      return arrayDecoder(node)
    case 'string':
      return stringDecoder(node)
    case 'integer':
    case 'number':
      return numberDecoder(node)
    case 'boolean':
      return decodeBoolean
    case 'null':
      return enumDecoder([null])
    default:
      throw new TypeError(`no decoder for the schema ${JSON.stringify(schema).slice(0, 200)}`)
  }
}

function objectDecoder(node: SchemaNode): FieldDecoder {
  const required = new Set(node.required)
  const fields = Object.entries(node.properties ?? {}).map(
    ([name, schema]): Field => ({
      name,
      title: schema.title ?? name,
      decode: fieldDecoder(schema as TSchema),
      required: required.has(name),
      default: schema.default
    })
  )
  const names = fields.map((field) => field.name)
  const known = new Set(names)
  const aliases = node['x-pascal-case'] ? names.map((name) => [name[0]!.toUpperCase() + name.slice(1), name] as const) : []
  return (input, context) => {
    if (!isObject(input)) return refuse(context, 'must be an object')
    const given = aliases.length > 0 ? withoutAliases(input, aliases) : input
    const output: Record<string, unknown> = {}
    for (const field of fields) decodeField(field, given, output, context)
    for (const name of Object.keys(given)) {
      if (known.has(name)) continue
      if (isFull(context)) break
      reportUnknown(context, name, names)
    }
    return output
  }
}

/** Sets `output[name]`; a value that was given but is wrong leaves the key with `undefined`. */
function decodeField(field: Field, given: Record<string, unknown>, output: Record<string, unknown>, context: DecodeContext): void {
  const { name } = field
  const value = Object.hasOwn(given, name) ? given[name] : undefined
  if (value === undefined && field.default === undefined) {
    if (field.required) report(context, 'required', `${name}${isOtherWord(name, field.title) ? ` (${field.title})` : ''} is required`, name)
    return
  }
  context.path.push(name)
  output[name] = field.decode(value === undefined ? field.default : value, context)
  context.path.pop()
}

/** False where the title says the name again. */
function isOtherWord(name: string, title: string): boolean {
  return title.replaceAll(' ', '').toLowerCase() !== name.toLowerCase()
}

function reportUnknown(context: DecodeContext, name: string, names: readonly string[]): void {
  const near = nearestName(name, names)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  report(context, 'unknown_field', `there is no field ${shown(name)} here${hint}`, name)
}

/** The input with PascalCase spellings renamed, where the camelCase one is not given too. */
function withoutAliases(input: Record<string, unknown>, aliases: readonly (readonly [string, string])[]): Record<string, unknown> {
  const renamed = { ...input }
  for (const [alias, name] of aliases) {
    if (!Object.hasOwn(renamed, alias) || Object.hasOwn(renamed, name)) continue
    renamed[name] = renamed[alias]
    delete renamed[alias]
  }
  return renamed
}

function recordDecoder(node: SchemaNode, patterns: Record<string, SchemaNode>): FieldDecoder {
  const [pattern, schema] = Object.entries(patterns)[0]!
  const keyPattern = new RegExp(pattern, 'u')
  const decode = fieldDecoder(schema as TSchema)
  const most = node.maxProperties ?? 1000
  return (input, context) => {
    if (!isObject(input)) return refuse(context, 'must be an object')
    const keys = Object.keys(input)
    if (keys.length > most) return refuse(context, `must have at most ${most} entries`)
    const output: Record<string, unknown> = {}
    for (const key of keys) {
      if (key === '__proto__' || !key.isWellFormed() || !keyPattern.test(key)) {
        report(context, 'invalid_value', `${shown(key)} cannot be a key of ${placeName(context)}`, key)
        continue
      }
      context.path.push(key)
      output[key] = decode(input[key], context)
      context.path.pop()
    }
    return output
  }
}

function arrayDecoder(node: SchemaNode): FieldDecoder {
  const decode = fieldDecoder(node.items as TSchema)
  const least = node.minItems ?? 0
  const most = node.maxItems ?? 1_000_000
  return (input, context) => {
    if (!Array.isArray(input)) return refuse(context, 'must be a list')
    if (input.length > most) return refuse(context, `must have at most ${most} items`)
    if (input.length < least) return refuse(context, `must have at least ${least} ${least === 1 ? 'item' : 'items'}`)
    const output: unknown[] = []
    for (let index = 0; index < input.length; index++) {
      if (isFull(context)) break
      context.path.push(index)
      output.push(decode(input[index], context))
      context.path.pop()
    }
    if (node.uniqueItems) reportRepeated(output, context)
    return output
  }
}

function reportRepeated(items: readonly unknown[], context: DecodeContext): void {
  if (items.length < 2) return
  const first = new Map<unknown, number>()
  for (const [index, item] of items.entries()) {
    const earlier = first.get(item)
    if (earlier === undefined) first.set(item, index)
    else if (item !== undefined) report(context, 'duplicate_value', `${placeName(context, index)} is the same as item [${earlier}]`, index)
  }
}

/** Unions are told apart by their discriminator, or are one schema and null. */
function unionDecoder(node: SchemaNode, variants: readonly SchemaNode[]): FieldDecoder {
  const others = variants.filter((variant) => variant.type !== 'null')
  if (others.length === 1 && variants.length === 2) {
    const decode = fieldDecoder(others[0] as TSchema)
    return (input, context) => (input === null ? null : decode(input, context))
  }
  const property = node.discriminator?.propertyName
  if (property === undefined) throw new TypeError('a union needs a discriminator')
  const decoders = new Map(variants.map((variant) => [String(variant.properties?.[property]?.const), fieldDecoder(variant as TSchema)]))
  const words = enumDecoder([...decoders.keys()])
  return (input, context) => {
    if (!isObject(input)) return refuse(context, 'must be an object')
    if (!Object.hasOwn(input, property)) {
      report(context, 'required', `${property} is required: one of ${[...decoders.keys()].join(', ')}`, property)
      return undefined
    }
    context.path.push(property)
    const word = words(input[property], context)
    context.path.pop()
    return word === undefined ? undefined : decoders.get(word as string)!(input, context)
  }
}

function isObject(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

function refuse(context: DecodeContext, what: string): undefined {
  report(context, 'invalid_value', `${placeName(context)} ${what}`)
  return undefined
}
