import { transformRequest } from '../../shared/transforms/apply-transforms.ts'
import type { CompiledTransforms } from '../../shared/transforms/compile-transforms.ts'
import type { RequestDraft } from '../../shared/transforms/drafts.ts'
import { fieldValue, withField, withoutField } from '../../shared/transforms/header-lines.ts'
import type { Affinity } from '../affinity/affinity.ts'
import type { RequestHead } from '../http1/request-head.ts'
import type { RequestContext } from './request-context.ts'
import type { RuntimeRoute } from './runtime.ts'

/** The head of a request for the origin, as the route wants it. `affinity` is that of the upstream. */
export function originHead(route: RuntimeRoute, head: RequestHead, normalizedPath: string, hostHeader: string, context: RequestContext, affinity: Affinity | null): string {
  const path = route.forwardsRawPath ? head.rawPath : normalizedPath
  const key = affinity === null ? '' : affinity.headerValue(context)
  const keyName = key === '' ? '' : affinity!.headerName
  const own = ownFields(context, keyName, key)
  if (route.transforms === null) return forwardHead(head, path, hostHeader, context, keyName, own)
  return transformedHead(route.transforms, head, path, hostHeader, context, keyName, own)
}

/**
 * The head that the origin gets, written anew from what was understood: one framing field, no hop-by-hop fields, and
 * forwarding fields that say what this gateway saw (YARP's default X-Forwarded transforms: Set).
 */
function forwardHead(head: RequestHead, path: string, hostHeader: string, context: RequestContext, keyName: string, own: string): string {
  const fields = keyName === '' ? head.fields : withoutField(head.fields, keyName.toLowerCase())
  return (
    `${head.method} ${path}${head.query} HTTP/1.1\r\nHost: ${hostHeader}\r\n${fields}${framing(head)}` +
    `X-Forwarded-For: ${context.clientIp}\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: ${head.authority}\r\n${own}\r\n`
  )
}

/** As forwardHead, for a route with transforms. What the gateway owns comes last, so that no transform can forge it. */
function transformedHead(transforms: CompiledTransforms, head: RequestHead, path: string, hostHeader: string, context: RequestContext, keyName: string, own: string): string {
  const draft: RequestDraft = { method: head.method, path, query: head.query, fields: head.fields, forwarding: head.forwarding, host: '', originalHost: head.authority }
  transformRequest(transforms, draft, context)
  let { fields } = draft
  if (keyName !== '') fields = withoutField(fields, keyName.toLowerCase())
  if (head.traceparent !== '' && fieldValue(fields, 'traceparent') !== head.traceparent) fields = withField(withoutField(fields, 'traceparent'), 'traceparent', head.traceparent)
  return `${draft.method} ${draft.path}${draft.query} HTTP/1.1\r\nHost: ${draft.host === '' ? hostHeader : draft.host}\r\n${fields}${framing(head)}${own}\r\n`
}

/** What only the gateway says: the request's id, its tenant and how that is known, the key it is bound by. */
function ownFields({ requestId, tenant, tenantSource }: RequestContext, keyName: string, key: string): string {
  const tenantFields = tenant === '' ? '' : `X-Tenant-Code: ${tenant}\r\nX-Tenant-Source: ${tenantSource}\r\n`
  const keyField = keyName === '' ? '' : `${keyName}: ${key}\r\n`
  return `X-Request-Id: ${requestId}\r\n${tenantFields}${keyField}`
}

function framing(head: RequestHead): string {
  if (head.isChunked) return 'Transfer-Encoding: chunked\r\n'
  return head.contentLength >= 0 ? `Content-Length: ${head.contentLength}\r\n` : ''
}
