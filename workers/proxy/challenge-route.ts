import { answeringRoute } from './answering-route.ts'
import type { RuntimeRoute } from './runtime.ts'

/** Answers a certificate authority. */
export function challengeRoute(keyAuthorization: string): RuntimeRoute {
  return answeringRoute({ status: 200, code: '', body: keyAuthorization, fieldsFor: () => 'Content-Type: application/octet-stream\r\nCache-Control: no-store\r\n' })
}
