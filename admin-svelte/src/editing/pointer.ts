export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined }

/** The parts of a JSON pointer (RFC 6901); "" has none. */
export function pointerParts(pointer: string): string[] {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The pointer of a field of what `pointer` names. */
export function joinPointer(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The pointers of everything on the way to what a pointer names, and its own: `/a`, `/a/b`. */
export function pointersDownTo(pointer: string): string[] {
  const parts = pointer.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 2).join('/'))
}

/** The value a pointer names, or undefined when there is none. */
export function readPointer(root: unknown, pointer: string): unknown {
  let value: unknown = root
  for (const part of pointerParts(pointer)) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[part]
  }
  return value
}

/** Sets the value a pointer names; objects on the way are made, and `undefined` removes the field. */
export function writePointer(root: { [key: string]: Json | undefined }, pointer: string, value: Json | undefined): void {
  const parts = pointerParts(pointer)
  const last = parts.pop()
  if (last === undefined) return
  let at: Record<string, Json | undefined> = root
  for (const part of parts) {
    const next = at[part]
    if (typeof next === 'object' && next !== null) at = next as Record<string, Json | undefined>
    else {
      at[part] = {}
      at = at[part] as Record<string, Json | undefined>
    }
  }
  if (value === undefined && !Array.isArray(at)) delete at[last]
  else at[last] = value
}

/** Whether `pointer` is `base` or lies below it. */
export function isWithin(pointer: string, base: string): boolean {
  return pointer === base || pointer.startsWith(`${base}/`)
}
