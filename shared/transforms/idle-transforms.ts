import type { Route } from '../schema/route.ts'
import { compileTransforms, type IdleTransform } from './compile-transforms.ts'
import type { FieldNames } from './header-lines.ts'
import { routeValueNames } from './route-value-names.ts'

/** The transforms of a route that are not applied because the gateway itself writes their field, one of these. Most routes name none. */
export function idleTransforms({ transforms, match }: Pick<Route, 'transforms' | 'match'>, fields: FieldNames): IdleTransform[] {
  if (!transforms.some((transform) => Object.values(transform).some((value) => fields.has(value.toLowerCase())))) return []
  return compileTransforms(transforms, routeValueNames(match.path)).idle.filter(({ field }) => fields.has(field))
}
