import Koa from 'koa'
import { endpoints } from './api/endpoints.ts'
import type { Deps } from './deps.ts'
import { adminPage } from './http/admin-page.ts'
import { apiPage } from './http/api-page.ts'
import { buildRouter } from './http/build-router.ts'
import { health } from './http/health.ts'
import { methodNotAllowed } from './http/method-not-allowed.ts'
import { accessLog } from './middleware/access-log.ts'
import { errors } from './middleware/errors.ts'
import { requestId } from './middleware/request-id.ts'
import { securityHeaders } from './middleware/security-headers.ts'

export interface AppOptions {
  /** Folder of the built admin page. */
  adminDist: string
  /** False while the process stops. */
  isServing: () => boolean
}

/** The Koa application of control-web. */
export function createApp(deps: Deps, options: AppOptions): Koa {
  const app = new Koa()
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') deps.log.warn({ reason: error.message }, 'an answer could not be sent')
  })
  app.use(requestId())
  app.use(accessLog(deps.log))
  app.use(securityHeaders())
  app.use(errors(deps.log))
  app.use(health(deps, options.isServing))
  app.use(buildRouter(endpoints, deps).routes())
  app.use(apiPage(endpoints))
  app.use(methodNotAllowed(endpoints))
  app.use(adminPage(options.adminDist))
  return app
}
