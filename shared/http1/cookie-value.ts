import { fieldValue } from '../transforms/header-lines.ts'

/** The value of a cookie in the field lines of a request; null when it is not there (RFC 6265 section 4.2). */
export function cookieValue(fields: string, name: string): string | null {
  for (const part of fieldValue(fields, 'cookie', '; ')?.split(';') ?? []) {
    const equals = part.indexOf('=')
    if (equals !== -1 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1')
  }
  return null
}
