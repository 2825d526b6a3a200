import { dateLine } from './date-line.ts'
import type { ProxyFailure } from './failure.ts'

/** What the gateway itself answers with. */
export interface GatewayAnswer {
  status: number
  code: string
  message: string
  /** Written into Retry-After; 0: not written. */
  retryAfterSeconds: number
  requestId: string
  accept: string
  withoutBody: boolean
}

/** An answer of the gateway's own, ready to be written. */
export interface WrittenAnswer {
  status: number
  reason: string
  /** Lines, each with CR LF, without framing. */
  fields: string
  /** Content-Length, or ''. */
  framing: string
  /** As latin1 text. */
  body: string
}

/** The whole answer for a connection that is refused before anything of it was read. */
export function lastAnswerText({ status, reason, fields, framing, body }: WrittenAnswer): string {
  return `HTTP/1.1 ${status} ${reason}\r\n${fields}${framing}Connection: close\r\n\r\n${body}`
}

/** The answer to a request that failed. */
export function failureAnswer(failure: ProxyFailure, head: { method: string; accept: string }, requestId: string, changeFields: ((fields: string) => string) | null): WrittenAnswer {
  const { status, code, message, retryAfterSeconds } = failure
  return gatewayAnswer({ status, code, message, retryAfterSeconds, requestId, accept: head.accept, withoutBody: head.method === 'HEAD' }, changeFields)
}

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  414: 'URI Too Long',
  417: 'Expectation Failed',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported'
}

/** The answer, its fields changed by the route's transforms where there are any, in the format that the client accepts: JSON, HTML or plain text. */
export function gatewayAnswer(answer: GatewayAnswer, changeFields: ((fields: string) => string) | null = null): WrittenAnswer {
  const { status, code, requestId, retryAfterSeconds } = answer
  const reason = REASONS[status] ?? 'Error'
  const [type, body] = bodyOf(answer, reason)
  const allow = status === 405 ? 'Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n' : ''
  const version = status === 426 ? 'Sec-WebSocket-Version: 13\r\n' : ''
  const retryAfter = retryAfterSeconds === 0 ? '' : `Retry-After: ${retryAfterSeconds}\r\n`
  const fields = `Content-Type: ${type}\r\nCache-Control: no-store\r\n${allow}${version}${retryAfter}`
  const changed = changeFields === null ? fields : changeFields(fields)
  return {
    status,
    reason,
    fields: `${changed}${dateLine(changed)}X-Gateway-Error: ${code}\r\nX-Request-Id: ${requestId}\r\n`,
    framing: `Content-Length: ${body.length}\r\n`,
    body: answer.withoutBody ? '' : body
  }
}

/** All parts are our own ASCII texts, so nothing needs escaping and the length is the number of characters. */
function bodyOf({ status, code, message, requestId, accept }: GatewayAnswer, reason: string): [string, string] {
  if (/\bapplication\/(?:[a-z.+-]+\+)?json\b/i.test(accept)) {
    return ['application/json', `${JSON.stringify({ error: { code, message, requestId } })}\n`]
  }
  if (/\btext\/html\b/i.test(accept)) {
    return ['text/html; charset=utf-8', `<!doctype html><html lang="en"><title>${status} ${reason}</title><h1>${status} ${reason}</h1><p>${message}</p><p><small>${code} ${requestId}</small></p></html>\n`]
  }
  return ['text/plain; charset=utf-8', `${status} ${reason}\n${message}\n${code} ${requestId}\n`]
}
