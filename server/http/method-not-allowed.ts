import type { Middleware } from 'koa'
import { AppError } from './app-error.ts'
import { API_PREFIX } from './build-router.ts'
import { pathPattern } from './endpoint-path.ts'
import type { Endpoint } from './endpoint.ts'

/** Below /api nothing falls through to the admin page: a known path answers 405 with Allow, others 404. */
export function methodNotAllowed(endpoints: readonly Endpoint[]): Middleware {
  const shapes = new Map<string, { pattern: RegExp; methods: Set<string> }>()
  for (const { path, method } of endpoints) {
    const pattern = new RegExp(`^${API_PREFIX}${pathPattern(path)}/?$`)
    const shape = shapes.get(pattern.source) ?? { pattern, methods: new Set<string>() }
    shape.methods.add(method)
    shapes.set(pattern.source, shape)
  }
  return async (context, next) => {
    if (!context.path.startsWith('/api/') && context.path !== '/api') return next()
    const methods = [...shapes.values()].filter(({ pattern }) => pattern.test(context.path)).flatMap((shape) => [...shape.methods])
    if (methods.length === 0) throw new AppError('not_found')
    throw new AppError('method_not_allowed', { headers: { allow: methods.join(', ') } })
  }
}
