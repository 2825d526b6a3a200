import type { JwtAuthorization } from '../../../shared/schema/authorization.ts'

type Claims = Readonly<Record<string, unknown>>

/** Whether one of the claims is not there, or has none of its values. Texts, numbers and flags are compared as texts. */
export function missingClaim(claims: Claims, required: JwtAuthorization['requiredClaims']): boolean {
  return required.some(({ name, values }) => {
    const found = Object.hasOwn(claims, name) ? itemsOf(claims[name]) : []
    return values.length === 0 ? found.length === 0 : !found.some((item) => values.includes(item))
  })
}

/** Whether one of the scopes is not granted: "scope" is a list with spaces (RFC 8693 section 4.2), "scp" that or an array. */
export function missingScope(claims: Claims, required: readonly string[]): boolean {
  const granted = new Set(['scope', 'scp'].flatMap((name) => (Object.hasOwn(claims, name) ? itemsOf(claims[name]) : [])).flatMap((item) => item.split(' ')))
  return required.some((scope) => !granted.has(scope))
}

function itemsOf(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : [value]
  return items.flatMap((item) => (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean' ? [String(item)] : []))
}
