/** The parts of a JSON schema that the documents show. */
export interface Schema {
  type?: string
  title?: string
  description?: string
  unit?: string
  form?: string
  format?: string
  pattern?: string
  default?: unknown
  const?: unknown
  enum?: unknown[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  maxProperties?: number
  uniqueItems?: boolean
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  properties?: Record<string, Schema>
  patternProperties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  required?: string[]
  $ref?: string
}

export interface FieldLine {
  /** Dotted, `[]` for each item of a list, ` (word)` for one form of several. */
  path: string
  type: string
  /** A default written as JSON, `required`, or empty. */
  preset: string
  limits: string
  description: string
}

/** What an object is called that is described elsewhere, or null. Its fields are not listed. */
export type NameOf = (schema: Schema) => string | null

const nameless: NameOf = () => null

/** Every field of an object schema, depth first, in the order of declaration. */
export function listFields(schema: Schema, nameOf: NameOf = nameless, prefix = ''): FieldLine[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    return [lineOf(path, field, schema.required?.includes(name) ?? false, nameOf), ...fieldsBelow(path, field, nameOf)]
  })
}

function fieldsBelow(path: string, field: Schema, nameOf: NameOf): FieldLine[] {
  if (nameOf(field) !== null) return []
  if (field.properties) return listFields(field, nameOf, path)
  if (field.items) return fieldsBelow(`${path}[]`, field.items, nameOf)
  const objects = variantsOf(field).filter((variant) => variant.properties)
  // One object or nothing needs no name for its form.
  if (objects.length === 1) return objects.flatMap((variant) => fieldsBelow(path, variant, nameOf))
  return objects.flatMap((variant) => listFields(variant, nameOf, `${path} (${variantName(variant)})`))
}

function variantsOf(field: Schema): Schema[] {
  return field.anyOf ?? field.oneOf ?? []
}

function variantName(variant: Schema): string {
  const fixed = Object.values(variant.properties ?? {}).find((property) => property.const !== undefined)
  return typeof fixed?.const === 'string' ? fixed.const : variant.title ?? 'object'
}

function lineOf(path: string, field: Schema, required: boolean, nameOf: NameOf): FieldLine {
  const preset = field.default !== undefined ? `\`${JSON.stringify(field.default)}\`` : required ? 'required' : ''
  return { path, type: typeOf(field, nameOf), preset, limits: limitsOf(field), description: field.description ?? '' }
}

export function typeOf(field: Schema, nameOf: NameOf = nameless): string {
  const name = nameOf(field)
  if (name !== null) return name
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``
  if (field.enum) return field.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (field.items) return `list of ${typeOf(field.items, nameOf)}`
  if (field.patternProperties || typeof field.additionalProperties === 'object') return 'map'
  const variants = variantsOf(field)
  const several = variants.filter((variant) => variant.properties).length > 1
  if (variants.length > 0) return variants.map((variant) => (several && variant.properties ? variantName(variant) : typeOf(variant, nameOf))).join(' or ')
  return (field.$ref?.split('/').at(-1) ?? field.type ?? 'any') + (field.unit ? `, ${field.unit}` : '')
}

function limitsOf(field: Schema): string {
  const limits = [
    range(field.minimum, field.maximum, ''),
    range(field.minLength, field.maxLength, ' characters'),
    range(field.minItems, field.maxItems, ' items'),
    range(undefined, field.maxProperties, ' pairs'),
    field.uniqueItems ? 'no item twice' : '',
    field.form ?? '',
    field.format ? `format ${field.format}` : ''
  ]
  if (field.items && !field.items.properties) limits.push(limitsOf(field.items))
  return limits.filter(Boolean).join('; ')
}

function range(from: number | undefined, to: number | undefined, unit: string): string {
  const hasEnd = to !== undefined && to < 2_147_483_647
  if (hasEnd) return from === undefined ? `at most ${to}${unit}` : `${from} to ${to}${unit}`
  return from === undefined || from === 0 ? '' : `at least ${from}${unit}`
}

/** A Markdown table; `|` and line breaks in cells are taken care of. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}
