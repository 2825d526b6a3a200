import { transformRequest } from '../../shared/transforms/apply-transforms.ts'
import type { CompiledTransforms } from '../../shared/transforms/compile-transforms.ts'
import type { RequestDraft, TransformContext } from '../../shared/transforms/drafts.ts'
import type { RequestHead } from '../http1/request-head.ts'
import type { RuntimeRoute } from './runtime.ts'

/** The head of a request for the origin, as the route wants it. */
export function originHead(route: RuntimeRoute, head: RequestHead, normalizedPath: string, hostHeader: string, context: TransformContext): string {
  const path = route.forwardsRawPath ? head.rawPath : normalizedPath
  if (route.transforms === null) return forwardHead(head, path, hostHeader, context.clientIp, context.requestId)
  return transformedHead(route.transforms, head, path, hostHeader, context)
}

/**
 * The head that the origin gets, written anew from what was understood: one framing field, no hop-by-hop fields, and
 * forwarding fields that say what this gateway saw (YARP's default X-Forwarded transforms: Set).
 */
function forwardHead(head: RequestHead, path: string, hostHeader: string, clientAddress: string, requestId: string): string {
  return (
    `${head.method} ${path}${head.query} HTTP/1.1\r\nHost: ${hostHeader}\r\n${head.fields}${framing(head)}` +
    `X-Forwarded-For: ${clientAddress}\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: ${head.authority}\r\nX-Request-Id: ${requestId}\r\n\r\n`
  )
}

/** As forwardHead, for a route with transforms. What the gateway owns comes last, so that no transform can forge it. */
function transformedHead(transforms: CompiledTransforms, head: RequestHead, path: string, hostHeader: string, context: TransformContext): string {
  const draft: RequestDraft = { method: head.method, path, query: head.query, fields: head.fields, forwarding: head.forwarding, host: '', originalHost: head.authority }
  transformRequest(transforms, draft, context)
  return `${draft.method} ${draft.path}${draft.query} HTTP/1.1\r\nHost: ${draft.host === '' ? hostHeader : draft.host}\r\n${draft.fields}${framing(head)}X-Request-Id: ${context.requestId}\r\n\r\n`
}

function framing(head: RequestHead): string {
  if (head.isChunked) return 'Transfer-Encoding: chunked\r\n'
  return head.contentLength >= 0 ? `Content-Length: ${head.contentLength}\r\n` : ''
}
