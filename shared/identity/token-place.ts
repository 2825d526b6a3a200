import { cookieValue } from '../http1/cookie-value.ts'
import { fieldValue } from '../transforms/header-lines.ts'

/** Reads the token that a request carries out of its field lines; '' where there is none. */
export type TokenPlace = (fields: string) => string

/** `from` is "bearer" or "cookie:NAME", as in a provider. */
export function tokenPlace(from: string): TokenPlace {
  if (from === 'bearer') return bearerToken
  const name = from.slice('cookie:'.length)
  return (fields) => cookieValue(fields, name) ?? ''
}

/** RFC 6750 section 2.1. Another scheme is for the origin. */
function bearerToken(fields: string): string {
  const value = fieldValue(fields, 'authorization')
  if (value === null || value.length < 7 || value.slice(0, 7).toLowerCase() !== 'bearer ') return ''
  return value.slice(7).trim()
}
