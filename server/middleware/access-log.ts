import type { Middleware } from 'koa'
import type { Logger } from 'pino'

/** One line per request at debug level, at warn level for server errors. */
export function accessLog(log: Logger): Middleware {
  return async (context, next) => {
    const begin = performance.now()
    await next()
    const line = { requestId: context.state.requestId, method: context.method, path: context.path, status: context.status, ms: Math.round(performance.now() - begin) }
    if (context.status >= 500) log.warn(line, 'request failed')
    else log.debug(line, 'request')
  }
}
