import type { ServerHttp2Stream } from 'node:http2'
import type { FloodGuard } from './flood-guard.ts'

/** Counts the body of a stream as it comes. When it is read would be too late: many streams that wait for their origins hold much that nobody read yet. */
export function countBody(stream: ServerHttp2Stream, guard: FloodGuard, onFlood: () => void): void {
  const push = stream.push.bind(stream)
  stream.push = (data: Buffer | null, encoding?: BufferEncoding) => {
    if (data !== null && guard.piece(data.length)) onFlood()
    return push(data, encoding)
  }
}
