import type { Route } from '../schema/route.ts'

/** A criterion that is not understood must never be taken as one that is not there. */
export function isMatchable(route: Route): boolean {
  const { path, headers, query, websocket } = route.match
  const isLiteralPath = path === undefined || path.type === 'exact' || path.type === 'prefix'
  return isLiteralPath && headers.length === 0 && query.length === 0 && websocket === undefined && route.tenantCode === undefined
}
