import type { RequestHead } from '../http1/request-head.ts'

/**
 * The head that the origin gets, written anew from what was understood: one framing field, no hop-by-hop fields, and
 * forwarding fields that say what this gateway saw (YARP's default X-Forwarded transforms: Set).
 */
export function forwardHead(head: RequestHead, path: string, hostHeader: string, clientAddress: string, requestId: string): string {
  let text = `${head.method} ${path}${head.query} HTTP/1.1\r\nHost: ${hostHeader}\r\n${head.fields}`
  if (head.isChunked) text += 'Transfer-Encoding: chunked\r\n'
  else if (head.contentLength >= 0) text += `Content-Length: ${head.contentLength}\r\n`
  return `${text}X-Forwarded-For: ${clientAddress}\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: ${head.authority}\r\nX-Request-Id: ${requestId}\r\n\r\n`
}
