const SECRET_NAME = /password|secret|token|authorization|cookie|api-?key|private/i
/** Of a password or a key: whoever reads the audit need not try words against it. */
const HASH = 'hash'
const REDACTED = '[redacted]'
/** Fields that name the header or parameter which their neighbours give a value. */
const NAMING = ['name', 'RequestHeader', 'ResponseHeader', 'QueryValueParameter']
const VALUES = new Set(['values', 'Set', 'Append'])
const URL_FIELD = /^url$|Url$/

/** A copy without the values of fields, headers and parameters whose names say that they are secret, and of queries. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value !== 'object' || value === null) return value ?? null
  if (value instanceof Date) return value.toISOString()
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  const namesSecret = fields.some(([name, field]) => NAMING.includes(name) && typeof field === 'string' && SECRET_NAME.test(field))
  return Object.fromEntries(fields.map(([name, field]) => [name, redactField(name, field, namesSecret)]))
}

function redactField(name: string, field: unknown, namesSecret: boolean): unknown {
  if (isSecret(name, field, namesSecret)) return REDACTED
  return typeof field === 'string' && URL_FIELD.test(name) ? redactUrl(field) : redact(field)
}

/** A URL without credentials, and without the values of its query: nobody knows which of them is a key. */
function redactUrl(url: string): string {
  const mark = url.indexOf('?')
  const base = (mark === -1 ? url : url.slice(0, mark)).replace(/^([^/]*\/\/)[^/]*@/, `$1${REDACTED}@`)
  return mark === -1 ? base : `${base}?${url.slice(mark + 1).split('&').map((pair) => pair.slice(0, pair.indexOf('=') + 1) + REDACTED).join('&')}`
}

function isSecret(name: string, field: unknown, namesSecret: boolean): boolean {
  if (namesSecret && VALUES.has(name)) return true
  return typeof field === 'string' && (SECRET_NAME.test(name) || name === HASH)
}
