/**
 * JSON in one fixed form (RFC 8785): keys sorted by UTF-16 code units, no white space, fields that are
 * `undefined` left out. Equal values give equal text, so a hash of the text identifies the value.
 * Takes what JSON can hold; anything else (functions, bigint, NaN) throws a TypeError.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('JSON has no such number')
      return String(value)
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? arrayJson(value) : objectJson(value as Record<string, unknown>)
    default:
      throw new TypeError(`JSON cannot hold a ${typeof value}`)
  }
}

/** Most texts need no escapes; JSON.stringify is left to those that do. */
function quoted(text: string): string {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === 0x22 || code === 0x5c || code >= 0xd800) return JSON.stringify(text)
  }
  return `"${text}"`
}

function arrayJson(items: readonly unknown[]): string {
  let text = '['
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ','
    text += canonicalJson(items[index])
  }
  return text + ']'
}

function objectJson(object: Record<string, unknown>): string {
  let text = ''
  for (const key of Object.keys(object).sort()) {
    const value = object[key]
    if (value === undefined) continue
    text += `${text === '' ? '{' : ','}${quoted(key)}:${canonicalJson(value)}`
  }
  return text === '' ? '{}' : text + '}'
}
