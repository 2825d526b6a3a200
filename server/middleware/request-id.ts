import { randomUUID } from 'node:crypto'
import type { Middleware } from 'koa'

/** Gives every request an id, which errors, logs and audit rows carry. */
export function requestId(): Middleware {
  return async (context, next) => {
    context.state.requestId = randomUUID()
    context.set('x-request-id', context.state.requestId)
    await next()
  }
}
