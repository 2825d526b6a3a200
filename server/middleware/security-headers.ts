import type { Middleware } from 'koa'
import { TLSSocket } from 'node:tls'

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()'
}

/** A year. Of this host alone: what others below its name speak is not ours to say (RFC 6797). */
const HSTS = 'max-age=31536000'

/** The browser may load only what this origin serves, and no other page may frame it. Once here by https, it comes by nothing else. */
export function securityHeaders(): Middleware {
  return async (context, next) => {
    context.set(HEADERS)
    if (context.req.socket instanceof TLSSocket) context.set('strict-transport-security', HSTS)
    await next()
  }
}
