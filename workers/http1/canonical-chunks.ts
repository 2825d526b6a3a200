import { CHUNKED, type ChunkedReader } from './chunked-reader.ts'

/** What one piece of a chunked body became. Valid until the next call. */
export interface ChunkPiece {
  /** Bytes for the other side: canonical chunks, or bare data; null when there is none. */
  output: Buffer | null
  dataBytes: number
  event: number
}

const starts: number[] = []
const ends: number[] = []
const piece: ChunkPiece = { output: null, dataBytes: 0, event: CHUNKED.more }

/**
 * Reads buffer[reader.at, end) and writes its data anew as one chunk, with the last chunk and the trailer fields behind it
 * when the body ends. With `bare` only the data is written, for a peer that does not know chunks. The output is a
 * buffer of its own, so the input may be read into again.
 */
export function canonicalChunks(reader: ChunkedReader, buffer: Buffer, end: number, bare: boolean): ChunkPiece {
  let count = 0
  let dataBytes = 0
  let event: number
  while ((event = reader.next(buffer, end)) === CHUNKED.data) {
    starts[count] = reader.dataStart
    ends[count++] = reader.dataEnd
    dataBytes += reader.dataEnd - reader.dataStart
  }
  const size = dataBytes > 0 && !bare ? `${dataBytes.toString(16)}\r\n` : ''
  const last = event === CHUNKED.end && !bare ? `0\r\n${reader.trailerFields}\r\n` : ''
  const length = dataBytes + (size === '' ? 0 : size.length + 2) + last.length
  piece.dataBytes = dataBytes
  piece.event = event
  piece.output = null
  if (length === 0) return piece
  const output = Buffer.allocUnsafe(length)
  let at = output.write(size, 0, 'latin1')
  for (let index = 0; index < count; index++) at += buffer.copy(output, at, starts[index], ends[index])
  if (size !== '') at += output.write('\r\n', at, 'latin1')
  output.write(last, at, 'latin1')
  piece.output = output
  return piece
}

/** The first `length` bytes as one chunk, in a buffer of its own. */
export function asChunk(buffer: Buffer, length: number): Buffer {
  const size = `${length.toString(16)}\r\n`
  const chunk = Buffer.allocUnsafe(size.length + length + 2)
  chunk.write(size, 0, 'latin1')
  buffer.copy(chunk, size.length, 0, length)
  chunk.write('\r\n', size.length + length, 'latin1')
  return chunk
}
