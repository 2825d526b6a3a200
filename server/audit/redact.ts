const SECRET_NAME = /password|secret|token|authorization|cookie|api-?key|private/i
const REDACTED = '[redacted]'

/** A copy without the values of fields whose names say that they are secret. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value !== 'object' || value === null) return value ?? null
  if (value instanceof Date) return value.toISOString()
  const copy: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue
    copy[name] = SECRET_NAME.test(name) && typeof field === 'string' ? REDACTED : redact(field)
  }
  return copy
}
