/** What transforms may insert. */
export interface TransformContext {
  readonly requestId: string
  /** Without brackets. */
  readonly clientIp: string
  /** Of whoever the connection comes from: the client, or a proxy before us. */
  readonly peerIp: string
  /** 0 where it is not known. */
  readonly clientPort: number
  /** Of the gateway's side of the connection. */
  readonly localIp: string
  readonly localPort: number
  /** Of the request as the client made it. */
  readonly scheme: 'http' | 'https'
  /** '' where there is none. */
  readonly tenant: string
  readonly user: string
  /** Base64 of the DER of the client's certificate; '' where there is none. */
  readonly clientCertificate: string
  /** What the path pattern of the route took, decoded. */
  routeValue(name: string): string | null
  /** The same as it stands in the path; null for a default, and where the path was read in another way than it is written. */
  encodedRouteValue(name: string): string | null
  /** Null when there is no such secret. */
  secret(name: string): string | null
  /** From 0 to below 1. */
  random(): number
}

/** A request on its way to the origin. Transforms change it; field lines are text, see header-lines.ts. */
export interface RequestDraft {
  method: string
  /** Encoded, starts with "/". */
  path: string
  /** With its "?", or empty. */
  query: string
  /** Without Host, framing, hop-by-hop and forwarding fields. */
  fields: string
  /** Lines of Forwarded and X-Forwarded-* as the client sent them, which are not copied unless the route says so. */
  readonly forwarding: string
  /** Host header for the origin; '' leaves it to the target. */
  host: string
  /** Host header as the client sent it. */
  readonly originalHost: string
}

/** A response on its way to the client, or its trailers. */
export interface ResponseDraft {
  /** Of the origin, or of the gateway's own answer in its place. */
  readonly status: number
  fields: string
}

export type RequestStep = (draft: RequestDraft, context: TransformContext) => void
export type ResponseStep = (draft: ResponseDraft, context: TransformContext) => void
