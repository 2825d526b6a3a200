import type { PathMatch } from '../schema/match.ts'
import type { Route } from '../schema/route.ts'
import { compileTransforms } from '../transforms/compile-transforms.ts'
import { routeValueNames } from '../transforms/route-value-names.ts'
import { type DecodeContext, report } from './decode-context.ts'
import type { Loose } from './loose.ts'

/** Every transform of a route must be one that can be applied. */
export function refineTransforms({ transforms, match }: Loose<Route>, context: DecodeContext): void {
  if (transforms === undefined || transforms.some((transform) => transform === undefined)) return
  const path = match?.path
  const names = path?.type === undefined || path.value === undefined ? new Set<string>() : routeValueNames(path as PathMatch)
  for (const { index, key, message } of compileTransforms(transforms as Record<string, string>[], names).problems) {
    report(context, 'bad_transform', `transforms[${index}]: ${message}`, 'transforms', index, ...(key === '' ? [] : [key]))
  }
}
