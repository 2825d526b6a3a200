import type { ServerHttp2Stream } from 'node:http2'
import type { WebSocketEnd } from '../websocket/web-socket-end.ts'

/** RFC 9113 section 7. */
const CANCEL = 8

/** A stream as the client's end of a WebSocket (RFC 8441). */
export function streamEnd(stream: ServerHttp2Stream): WebSocketEnd {
  return {
    get waiting() {
      return stream.writableLength
    },
    write: (data) => void (stream.writable && stream.write(data)),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    end: () => void stream.end(),
    destroy: () => stream.close(stream.writableFinished && stream.readableEnded ? 0 : CANCEL)
  }
}
