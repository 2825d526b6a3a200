/** JSON as it was written: objects are maps, so that keys such as "2" and "1" keep their order and no key is special. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonMap
export type JsonMap = Map<string, JsonValue>

/** What JSON.parse would have given. */
export function toPlain(value: JsonValue): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  return value instanceof Map ? Object.fromEntries([...value].map(([key, inner]) => [key, toPlain(inner)])) : value
}

/** The same value with maps for objects; what is `undefined` is left out. */
export function fromPlain(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(fromPlain)
  if (typeof value !== 'object' || value === null) return value as JsonValue
  return new Map(Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, fromPlain(inner)]])))
}
