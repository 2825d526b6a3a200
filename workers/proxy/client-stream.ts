import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream, ServerStreamResponseOptions } from 'node:http2'

/** What an exchange needs of the stream that its request came on: Node's own, or one that http2-proxy carries. */
export interface ClientStream {
  readonly destroyed: boolean
  /** Reset, or at its end on both sides. */
  readonly closed: boolean
  readonly writableLength: number
  readonly writableFinished: boolean
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'data', listener: (data: Buffer) => void): unknown
  on(event: 'trailers', listener: (headers: IncomingHttpHeaders, flags: number, raw: string[]) => void): unknown
  on(event: 'drain' | 'close' | 'end' | 'wantTrailers' | 'finish', listener: () => void): unknown
  once(event: 'finish', listener: () => void): unknown
  pause(): unknown
  resume(): unknown
  additionalHeaders(headers: OutgoingHttpHeaders): void
  respond(raw: readonly string[], options: ServerStreamResponseOptions): void
  sendTrailers(headers: OutgoingHttpHeaders): void
  write(data: Buffer): unknown
  end(data?: Buffer): unknown
  close(code: number): void
  destroy(error?: Error): unknown
}

/** Node's stream takes all of that as it is. */
export function directStream(stream: ServerHttp2Stream): ClientStream {
  return stream as ClientStream
}

/** RFC 9113 section 7. */
const NO_ERROR = 0

/** The rest of a body that nobody wants need not be sent (RFC 9113 section 8.1). The answer goes out first. */
export function stopUpload(stream: ClientStream): void {
  const stop = (): void => void setImmediate(() => setImmediate(() => stream.close(NO_ERROR)))
  stream.resume()
  if (stream.writableFinished) stop()
  else stream.once('finish', stop)
}
