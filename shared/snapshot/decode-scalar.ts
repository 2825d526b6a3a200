import { type DecodeContext, placeName, report } from './decode-context.ts'
import { nearestName } from './nearest-name.ts'
import type { SchemaNode } from './schema-node.ts'
import { STRING_FORMATS } from './string-formats.ts'

type Decode = (input: unknown, context: DecodeContext) => unknown

export function decodeBoolean(input: unknown, context: DecodeContext): boolean | undefined {
  if (typeof input === 'boolean') return input
  report(context, 'invalid_value', `${placeName(context)} must be true or false`)
  return undefined
}

/** One of a closed set of values. */
export function enumDecoder(values: readonly unknown[]): Decode {
  const words = values.filter((value) => typeof value === 'string')
  const list = values.map((value) => String(value)).join(', ')
  return (input, context) => {
    if (values.includes(input)) return input
    const near = typeof input === 'string' ? nearestName(input, words) : undefined
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    report(context, 'invalid_value', `${placeName(context)} must be ${values.length === 1 ? list : `one of ${list}`}${hint}`)
    return undefined
  }
}

export function numberDecoder(node: SchemaNode): Decode {
  const whole = node.type === 'integer'
  const least = node.minimum ?? (whole ? Number.MIN_SAFE_INTEGER : -Number.MAX_VALUE)
  const most = node.maximum ?? (whole ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE)
  const text = `must be a ${whole ? 'whole number' : 'number'}${rangeText(node)}${node.unit === undefined ? '' : ` (${node.unit})`}`
  return (input, context) => {
    if (typeof input === 'number' && input >= least && input <= most && (!whole || Number.isInteger(input))) return input + 0
    report(context, 'invalid_value', `${placeName(context)} ${text}`)
    return undefined
  }
}

function rangeText(node: SchemaNode): string {
  if (node.minimum === undefined) return node.maximum === undefined ? '' : ` of at most ${node.maximum}`
  return node.maximum === undefined ? ` of at least ${node.minimum}` : ` from ${node.minimum} to ${node.maximum}`
}

/** Text: length in characters (code points), then `pattern`, then `format`, which also brings it into its stored form. */
export function stringDecoder(node: SchemaNode): Decode {
  const least = node.minLength ?? 0
  const most = node.maxLength ?? 1_000_000
  const pattern = node.pattern === undefined ? undefined : new RegExp(node.pattern, 'u')
  const format = node.format === undefined ? undefined : STRING_FORMATS[node.format]
  if (node.format !== undefined && format === undefined) throw new TypeError(`unknown format ${node.format}`)
  return (input, context) => {
    if (typeof input !== 'string') return refuse(context, 'must be text')
    if (input.length < least) return refuse(context, least === 1 ? 'must not be empty' : `must have at least ${least} characters`)
    if (input.length > most && (input.length > 2 * most || [...input].length > most)) return refuse(context, `must have at most ${most} characters`)
    if (input.includes('\0') || !input.isWellFormed()) return refuse(context, 'must not contain NUL or half of a surrogate pair')
    if (pattern !== undefined && !pattern.test(input)) return refuse(context, `must be ${node.form ?? `text that fits ${node.pattern}`}`)
    if (format === undefined) return input
    return format.normalize(input) ?? refuse(context, `must be ${format.form}`)
  }
}

function refuse(context: DecodeContext, what: string): undefined {
  report(context, 'invalid_value', `${placeName(context)} ${what}`)
  return undefined
}
