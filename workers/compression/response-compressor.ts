import zlib from 'node:zlib'
import type { ContentEncoding } from '../../shared/schema/compression.ts'

/** What the compressed answer goes to. */
export interface CompressedSink {
  onCompressed(data: Buffer): void
  /** More may be written. */
  onCompressorDrain(): void
  /** Everything went out. */
  onCompressorEnd(): void
  onDefect(error: unknown): void
}

/** What was written is sent after this time, also when it would compress better together with more. */
const FLUSH_MS = 50

/** Fast rather than small, and with windows that keep a stream's memory at some hundred KiB. Computed by libuv's threads. */
const CREATE: Readonly<Record<ContentEncoding, () => Compressor>> = {
  gzip: () => zlib.createGzip({ level: 5, memLevel: 8 }),
  br: () => zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4, [zlib.constants.BROTLI_PARAM_LGWIN]: 18 } }),
  zstd: () => zlib.createZstdCompress({ params: { [zlib.constants.ZSTD_c_compressionLevel]: 3, [zlib.constants.ZSTD_c_windowLog]: 18 } })
}

/** What went before goes on to help what follows. */
const FLUSH: Readonly<Record<ContentEncoding, number>> = { gzip: zlib.constants.Z_SYNC_FLUSH, br: zlib.constants.BROTLI_OPERATION_FLUSH, zstd: zlib.constants.ZSTD_e_flush }

type Compressor = zlib.Gzip | zlib.BrotliCompress | zlib.ZstdCompress

/** Compresses the body of one answer, piece by piece. */
export class ResponseCompressor {
  readonly #stream: Compressor
  readonly #flushesAtOnce: boolean
  readonly #flushKind: number
  #timer: NodeJS.Timeout | null = null
  #isOver = false

  constructor(encoding: ContentEncoding, flushesAtOnce: boolean, sink: CompressedSink) {
    this.#stream = CREATE[encoding]()
    this.#flushesAtOnce = flushesAtOnce
    this.#flushKind = FLUSH[encoding]
    const guarded = (work: () => void): void => {
      if (this.#isOver) return
      try {
        work()
      } catch (error) {
        sink.onDefect(error)
      }
    }
    this.#stream.on('data', (data: Buffer) => guarded(() => sink.onCompressed(data)))
    this.#stream.on('drain', () => guarded(() => sink.onCompressorDrain()))
    this.#stream.on('end', () => guarded(() => sink.onCompressorEnd()))
    this.#stream.on('error', (error) => guarded(() => sink.onDefect(error)))
  }

  /** Copies. Returns whether more may be written at once. */
  write(data: Buffer): boolean {
    const isReady = this.#stream.write(Buffer.from(data))
    if (this.#flushesAtOnce) this.#stream.flush(this.#flushKind)
    else this.#timer ??= setTimeout(() => {
      this.#timer = null
      if (!this.#isOver) this.#stream.flush(this.#flushKind)
    }, FLUSH_MS)
    return isReady
  }

  end(): void {
    this.#forgetTimer()
    this.#stream.end()
  }

  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** Nobody wants the rest. */
  destroy(): void {
    this.#isOver = true
    this.#forgetTimer()
    this.#stream.destroy()
  }

  #forgetTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
