import type { Middleware } from 'koa'
import type { Logger } from 'pino'
import { AppError } from '../http/app-error.ts'
import { mapError } from '../http/map-error.ts'

/** Answers every error in the one shape `{ error: { code, message, requestId, issues? } }`. */
export function errors(log: Logger): Middleware {
  return async (context, next) => {
    try {
      await next()
      if (context.status === 404 && context.body === undefined) throw new AppError('not_found')
    } catch (thrown) {
      const error = mapError(thrown)
      const requestId = context.state.requestId as string
      if (error.code === 'internal_error') log.error({ requestId, error: thrown }, 'unexpected error')
      const { issues, extra, headers } = error.details
      context.status = error.status
      context.set(headers ?? {})
      context.set('cache-control', 'no-store')
      context.body = { error: { code: error.code, message: error.message, requestId, ...(issues ? { issues } : {}), ...extra } }
    }
  }
}
