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

/** Every field of an object schema, depth first, in the order of declaration. */
export function listFields(schema: Schema, prefix = ''): FieldLine[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    return [lineOf(path, field, schema.required?.includes(name) ?? false), ...fieldsBelow(path, field)]
  })
}

function fieldsBelow(path: string, field: Schema): FieldLine[] {
  if (field.properties) return listFields(field, path)
  if (field.items) return fieldsBelow(`${path}[]`, field.items)
  return variantsOf(field).filter((variant) => variant.properties).flatMap((variant) => listFields(variant, `${path} (${variantName(variant)})`))
}

function variantsOf(field: Schema): Schema[] {
  return field.anyOf ?? field.oneOf ?? []
}

function variantName(variant: Schema): string {
  const fixed = Object.values(variant.properties ?? {}).find((property) => property.const !== undefined)
  return String(fixed?.const ?? variant.title ?? 'object')
}

function lineOf(path: string, field: Schema, required: boolean): FieldLine {
  const preset = field.default !== undefined ? `\`${JSON.stringify(field.default)}\`` : required ? 'required' : ''
  return { path, type: typeOf(field), preset, limits: limitsOf(field), description: field.description ?? '' }
}

export function typeOf(field: Schema): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``
  if (field.enum) return field.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (field.items) return `list of ${typeOf(field.items)}`
  if (field.patternProperties || typeof field.additionalProperties === 'object') return 'map'
  const variants = variantsOf(field)
  if (variants.length > 0) return variants.map((variant) => (variant.properties ? variantName(variant) : typeOf(variant))).join(' or ')
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
