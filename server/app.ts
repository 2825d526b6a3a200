import Koa from 'koa'
import type { IpRanges } from '../shared/forwarding/ip-ranges.ts'
import { endpoints } from './api/endpoints.ts'
import type { Deps } from './deps.ts'
import { adminPage } from './http/admin-page.ts'
import { apiPage } from './api-docs/api-page.ts'
import { buildRouter } from './http/build-router.ts'
import { health } from './http/health.ts'
import { metrics } from './http/metrics.ts'
import { methodNotAllowed } from './http/method-not-allowed.ts'
import { accessLog } from './middleware/access-log.ts'
import { errors } from './middleware/errors.ts'
import { requestId } from './middleware/request-id.ts'
import { securityHeaders } from './middleware/security-headers.ts'
import type { RateLimits } from './rate-limits/rate-limits.ts'

export interface AppOptions {
  /** Folder of the built admin page. */
  adminDist: string
  /** False while the process stops. */
  isServing: () => boolean
  /** Absent: none. */
  rateLimits?: RateLimits | null
  /** Whose word about clients is believed. Absent: nobody's. */
  trustedProxies?: IpRanges | null
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
  app.use(metrics(deps))
  app.use(buildRouter(endpoints, deps, { rateLimits: options.rateLimits ?? null, trustedProxies: options.trustedProxies ?? null }).routes())
  app.use(apiPage(endpoints))
  app.use(methodNotAllowed(endpoints))
  app.use(adminPage(options.adminDist))
  return app
}
