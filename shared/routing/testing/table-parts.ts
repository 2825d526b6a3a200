import type { CompiledRoutes } from '../compiled-routes.ts'

/** Every map, list and object that compiled routes are made of, but not the configurations of the routes. */
export function tableParts(compiled: CompiledRoutes): Set<object> {
  const parts = new Set<object>()
  collect(compiled, parts)
  return parts
}

function collect(value: unknown, parts: Set<object>): void {
  if (typeof value !== 'object' || value === null || parts.has(value)) return
  parts.add(value)
  if (value instanceof Map) for (const inner of value.values()) collect(inner, parts)
  else for (const [name, inner] of Object.entries(value)) if (!isConfiguration(name, value)) collect(inner, parts)
}

function isConfiguration(name: string, owner: object): boolean {
  return name === 'methods' || name === 'criteria' || (name === 'route' && 'index' in owner)
}
