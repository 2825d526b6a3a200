import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import type { TlsPair } from '../tls/tls-files.ts'

const LIMITS = { requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 }
const HANDSHAKE_MS = 10_000
const MOST_CONNECTIONS = 2_000
/** Other versions are broken (RFC 8996). */
const MIN_VERSION = 'TLSv1.2'

export type WebServer = http.Server | https.Server

/** The server of the API and the admin page; with a pair it speaks TLS only. */
export function createWebServer(listener: RequestListener, pair: TlsPair | null): WebServer {
  const server = pair === null ? http.createServer(LIMITS, listener) : https.createServer({ ...LIMITS, ...pair, minVersion: MIN_VERSION, handshakeTimeout: HANDSHAKE_MS }, listener)
  server.maxConnections = MOST_CONNECTIONS
  return server
}

/** From now on handshakes get this pair; connections that are there stay. */
export function useTlsPair(server: WebServer, pair: TlsPair): void {
  if (server instanceof https.Server) server.setSecureContext({ ...pair, minVersion: MIN_VERSION })
}
