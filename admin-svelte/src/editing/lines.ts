import type { FieldSchema } from './field-schema.ts'
import type { Json } from './pointer.ts'
import { textLines } from './text-lines.ts'

/** A list as one entry a line, or a map as one `key=value` a line. Empty lines are left out. */
export function readLines(text: string, schema: FieldSchema): Json | undefined {
  const lines = textLines(text)
  if (schema.type === 'array') return schema.items?.type === 'integer' ? lines.map(readNumber) : lines
  return Object.fromEntries(
    lines.map((line) => {
      const cut = line.indexOf('=')
      return cut < 0 ? [line, ''] : [line.slice(0, cut).trim(), line.slice(cut + 1).trim()]
    })
  )
}

/** What is no number stays as it was typed; the server says what is wrong with it. */
export function readNumber(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

export function joinLines(value: unknown): string {
  if (Array.isArray(value)) return value.join('\n')
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([key, one]) => `${key}=${String(one)}`)
    .join('\n')
}
