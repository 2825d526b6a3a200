import { STATUS_CODES } from 'node:http'
import { redirectLocation } from '../../shared/routing/redirect-location.ts'
import type { Route } from '../../shared/schema/route.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import { dateLine } from './date-line.ts'
import type { WrittenAnswer } from './gateway-answer.ts'

/** An answer that a route gives by itself, without an origin. */
export interface OwnAnswer {
  readonly status: number
  /** Why it is not what the client asked for; '' for an answer that is meant to be one. */
  readonly code: string
  readonly body: string
  /** Field lines, each with CR LF, without framing. */
  fieldsFor(head: RequestHead, path: string): string
}

/** The answer that the configuration of the route asks for; null when an origin answers. Maintenance goes first. */
export function ownAnswerOf(route: Route): OwnAnswer | null {
  const { maintenance, redirect, respond } = route
  if (maintenance.enabled) {
    const { status, retryAfterSeconds, body } = maintenance
    const retryAfter = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`
    return fixedAnswer(status, 'maintenance', `${retryAfter}Cache-Control: no-store\r\n`, body === '' ? 'This service is under maintenance.\n' : body)
  }
  if (redirect !== undefined) return { status: redirect.status, code: '', body: '', fieldsFor: (head, path) => `Location: ${redirectLocation(redirect.to, head.host, path, head.query)}\r\n` }
  if (respond === undefined) return null
  const fields = Object.entries(respond.headers).filter(([name]) => !FRAMING.has(name.toLowerCase())).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return fixedAnswer(respond.status, '', fields, respond.body)
}

/** Written by the gateway itself. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'trailer', 'upgrade'])

function fixedAnswer(status: number, code: string, fields: string, text: string): OwnAnswer {
  // Written as latin1, byte for byte.
  const body = Buffer.from(text, 'utf8').toString('latin1')
  const type = body === '' || /^content-type:/im.test(fields) ? '' : `Content-Type: ${/^\s*</.test(text) ? 'text/html' : /^\s*[[{]/.test(text) ? 'application/json' : 'text/plain'}; charset=utf-8\r\n`
  return { status, code, body, fieldsFor: () => type + fields }
}

/** `changed` are the field lines after the route's transforms. */
export function writtenAnswer(answer: OwnAnswer, changed: string, requestId: string, withoutBody: boolean): WrittenAnswer {
  const { status, code, body } = answer
  const hasBody = status !== 204 && status !== 304
  return {
    status,
    reason: STATUS_CODES[status] ?? 'Answer',
    fields: `${changed}${dateLine(changed)}${code === '' ? '' : `X-Gateway-Error: ${code}\r\n`}X-Request-Id: ${requestId}\r\n`,
    framing: hasBody ? `Content-Length: ${body.length}\r\n` : '',
    body: withoutBody || !hasBody ? '' : body
  }
}
