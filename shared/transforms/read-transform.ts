import type { TransformInput, TransformKind } from './transform-kind.ts'
import { parseValueTemplate, withoutPlaceholders } from './value-template.ts'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Reads the parts of one transform; what is missing or cannot be is told. */
export function readTransform(transform: Readonly<Record<string, string>>, kind: TransformKind, routeValues: ReadonlySet<string>, problem: (key: string, message: string) => void): TransformInput {
  const byName = new Map(Object.entries(transform).map(([key, value]) => [key.toLowerCase(), { key, value }]))
  const keyOf = (name: string): string => byName.get(name.toLowerCase())?.key ?? name
  const text = (name: string): string => byName.get(name.toLowerCase())?.value ?? ''
  const has = (name: string): boolean => byName.has(name.toLowerCase())
  if (text(kind.name).trim() === '') problem(keyOf(kind.name), `${kind.name} needs a value`)
  for (const [name, need] of Object.entries(kind.parts)) if (need === 'required' && !has(name)) problem(name, `${kind.name} needs ${name}`)
  if (kind.oneOf !== undefined && kind.oneOf.filter(has).length !== 1) problem(kind.oneOf[0]!, `${kind.name} needs exactly one of ${kind.oneOf.join(' and ')}`)
  return {
    text,
    has,
    routeValues,
    problem: (name, message) => problem(keyOf(name), message),
    word(name, words) {
      const given = text(name)
      const found = words.find((word) => word.toLowerCase() === given.trim().toLowerCase())
      if (found === undefined && has(name)) problem(keyOf(name), `"${given}" is none of ${words.join(', ')}`)
      return found ?? words[0]!
    },
    template(name) {
      const value = text(name)
      const template = HEADER_VALUE.test(withoutPlaceholders(value)) ? parseValueTemplate(value, routeValues) : 'line breaks and control characters cannot be sent'
      if (typeof template !== 'string') return template
      problem(keyOf(name), template)
      return () => null
    },
    fieldName(name) {
      const field = text(name)
      if (!TOKEN.test(field)) problem(keyOf(name), `"${field}" is no name of a header${/\s/.test(field) ? '; take the blanks out' : ''}`)
      else if (FRAMING.has(field.toLowerCase())) problem(keyOf(name), `${field} is written by the gateway itself and cannot be changed`)
      return field
    }
  }
}

/** Framing and hop-by-hop fields: changing them would let two messages be taken for one, or one for two. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade', 'proxy-connection', 'http2-settings'])
