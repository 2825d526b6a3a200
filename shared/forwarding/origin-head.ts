import type { Affinity } from '../affinity/affinity.ts'
import { transformRequest } from '../transforms/apply-transforms.ts'
import type { CompiledTransforms } from '../transforms/compile-transforms.ts'
import type { RequestDraft, TransformContext } from '../transforms/drafts.ts'
import { fieldValue, withField, withoutField } from '../transforms/header-lines.ts'

/** A request as it was understood; see RequestHead. */
export interface ForwardedRequest {
  readonly method: string
  readonly rawPath: string
  readonly query: string
  readonly authority: string
  readonly fields: string
  readonly forwarding: string
  readonly traceparent: string
  readonly isWebSocketUpgrade: boolean
  readonly isChunked: boolean
  readonly contentLength: number
}

/** What of a route decides how its requests are forwarded. */
export interface ForwardingRoute {
  /** Null when the route has none. */
  readonly transforms: CompiledTransforms | null
  /** The path is forwarded as the client wrote it. */
  readonly forwardsRawPath: boolean
}

export interface ForwardingContext extends TransformContext {
  /** How the tenant is known; '' where there is none. */
  readonly tenantSource: 'token' | 'header' | ''
}

/** The key that session affinity binds the request by, when the gateway knows it better than the client; both '' when not. */
export interface BindingKey {
  readonly name: string
  readonly value: string
}

const NO_KEY: BindingKey = { name: '', value: '' }

/** What the origin is told of the key that a request is bound by. `affinity` is that of the upstream; null when it has none. */
export function bindingKey(affinity: Affinity | null, whose: { user: string; tenant: string }): BindingKey {
  const value = affinity === null ? '' : affinity.headerValue(whose)
  return affinity === null || value === '' ? NO_KEY : { name: affinity.headerName, value }
}

/** The head of a request for the origin, as the route wants it. `hostHeader` is that of the target. */
export function originHead(route: ForwardingRoute, request: ForwardedRequest, normalizedPath: string, hostHeader: string, context: ForwardingContext, key: BindingKey): string {
  const path = route.forwardsRawPath ? request.rawPath : normalizedPath
  if (route.transforms === null) return forwardHead(request, path, hostHeader, context, key)
  return transformedHead(route.transforms, request, path, hostHeader, context, key)
}

/**
 * The head that the origin gets, written anew from what was understood: one framing field, no hop-by-hop fields, and
 * forwarding fields that say what this gateway saw (YARP's default X-Forwarded transforms: Set).
 */
function forwardHead(request: ForwardedRequest, path: string, hostHeader: string, context: ForwardingContext, key: BindingKey): string {
  const fields = key.name === '' ? request.fields : withoutField(request.fields, key.name.toLowerCase())
  return (
    `${request.method} ${path}${request.query} HTTP/1.1\r\nHost: ${hostHeader}\r\n${fields}${framing(request)}` +
    `X-Forwarded-For: ${context.clientIp}\r\nX-Forwarded-Proto: ${context.scheme}\r\nX-Forwarded-Host: ${request.authority}\r\n${ownFields(context, key)}\r\n`
  )
}

/** As forwardHead, for a route with transforms. What the gateway owns comes last, so that no transform can forge it. */
function transformedHead(transforms: CompiledTransforms, request: ForwardedRequest, path: string, hostHeader: string, context: ForwardingContext, key: BindingKey): string {
  const { method, query, forwarding, authority, traceparent } = request
  const draft: RequestDraft = { method, path, query, fields: request.fields, forwarding, host: '', originalHost: authority }
  transformRequest(transforms, draft, context)
  let { fields } = draft
  if (key.name !== '') fields = withoutField(fields, key.name.toLowerCase())
  if (traceparent !== '' && fieldValue(fields, 'traceparent') !== traceparent) fields = withField(withoutField(fields, 'traceparent'), 'traceparent', traceparent)
  return `${draft.method} ${draft.path}${draft.query} HTTP/1.1\r\nHost: ${draft.host === '' ? hostHeader : draft.host}\r\n${fields}${framing(request)}${ownFields(context, key)}\r\n`
}

/** What only the gateway says: the request's id, its tenant and how that is known, the key it is bound by. */
function ownFields({ requestId, tenant, tenantSource }: ForwardingContext, key: BindingKey): string {
  const tenantFields = tenant === '' ? '' : `X-Tenant-Code: ${tenant}\r\nX-Tenant-Source: ${tenantSource}\r\n`
  const keyField = key.name === '' ? '' : `${key.name}: ${key.value}\r\n`
  return `X-Request-Id: ${requestId}\r\n${tenantFields}${keyField}`
}

function framing({ isWebSocketUpgrade, isChunked, contentLength }: ForwardedRequest): string {
  if (isWebSocketUpgrade) return 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
  if (isChunked) return 'Transfer-Encoding: chunked\r\n'
  return contentLength >= 0 ? `Content-Length: ${contentLength}\r\n` : ''
}
