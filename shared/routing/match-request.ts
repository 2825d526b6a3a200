/** What of a request decides which route takes it. The data path fills one again and again. */
export interface MatchRequest {
  /** Lower-case ASCII without port; IPv6 in brackets. */
  readonly host: string
  /** Port of the Host header, or the scheme's own. */
  readonly hostPort: number
  /** As normalizePath() gives it. */
  readonly path: string
  readonly method: string
  /** It asks to become a WebSocket. */
  readonly isWebSocket: boolean
  /** Empty: none. */
  readonly tenantCode: string
  /** With its "?", or empty. */
  readonly query: string
  /** Header lines, each `Name: value` CR LF. Only read when a route has rules about headers. */
  readonly fields: string
}
