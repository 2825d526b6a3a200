import { addRawFields } from '../../shared/http2/field-lines.ts'

/** Field lines as the object that Node wants for trailers and interim responses; a repeated name has a list. */
export function headerObject(lines: string): Record<string, string[]> {
  const raw: string[] = []
  addRawFields(raw, lines)
  // A field may have any name, also one that every object has.
  const headers = Object.create(null) as Record<string, string[]>
  for (let index = 0; index < raw.length; index += 2) (headers[raw[index]!] ??= []).push(raw[index + 1]!)
  return headers
}
