import { answeringRoute } from './answering-route.ts'
import type { RuntimeRoute } from './runtime.ts'

const PREFIX = '/.well-known/acme-challenge/'

/** The answer to a certificate authority that asks for a token of ours (RFC 8555 section 8.3); null for every other request. */
export function challengeRoute(path: string, challenges: ReadonlyMap<string, string>): RuntimeRoute | null {
  if (!path.startsWith(PREFIX)) return null
  const body = challenges.get(path.slice(PREFIX.length))
  return body === undefined ? null : answeringRoute({ status: 200, code: '', body, fieldsFor: () => 'Content-Type: application/octet-stream\r\nCache-Control: no-store\r\n' })
}
