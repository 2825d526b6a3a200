import type { KnownFields } from './known-fields.ts'
import type { Refusal } from './refusal.ts'
import { parseFields, parseRequestLine, type RequestHead } from './request-head.ts'

/** As parseRequestHead, for a connection whose requests mostly bring the same field lines. */
export function parseNextHead(text: string, end: number, maxFields: number, head: RequestHead, known: KnownFields): Refusal | null {
  const lineEnd = text.indexOf('\r\n')
  const refused = parseRequestLine(text, 0, lineEnd, head)
  if (refused !== null) return refused
  // The authority of an absolute target is none of the lines.
  if (head.authority !== '') return parseFields(text, lineEnd + 2, end, maxFields, head)
  const lines = text.slice(lineEnd + 2, end)
  if (known.fill(lines, maxFields, head)) return null
  const refusal = parseFields(text, lineEnd + 2, end, maxFields, head)
  if (refusal === null) known.keep(lines, maxFields, head)
  return refusal
}
