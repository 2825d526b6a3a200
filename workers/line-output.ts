import fs from 'node:fs'
import path from 'node:path'

const STDOUT = 1
/** A pipe takes so much in one piece (PIPE_BUF), so that lines of several processes do not run into each other. */
const PIPE_PIECE = 4096
/** A file that is appended to takes any length in one piece. */
const FILE_PIECE = 65_536
const LINE_END = 10

export interface LineOutputOptions {
  /** 'stdout' or a file, which is appended to; its folder is made. */
  destination: string
  /** Bytes that may wait for a reader that does not read; beyond them lines are dropped. */
  maxBytes: number
  /** How long to wait before what failed is tried again. */
  retryMs: number
  dropped(lines: number): void
  failed(error: Error): void
}

/**
 * Writes lines to standard output or to a file, aside: whoever writes never waits and never gets an error. What cannot be
 * written waits in memory, up to a bound, and is tried again.
 */
export class LineOutput {
  readonly #options: LineOutputOptions
  readonly #pieceBytes: number
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #fd: number | null
  #running: Promise<void> | null = null
  #retry: NodeJS.Timeout | null = null

  constructor(options: LineOutputOptions) {
    const isStdout = options.destination === 'stdout'
    this.#options = options
    this.#fd = isStdout ? STDOUT : null
    this.#pieceBytes = isStdout ? PIPE_PIECE : FILE_PIECE
  }

  /** `lines` are whole, each with its line end. */
  write(lines: string): void {
    const bytes = Buffer.from(lines)
    if (this.#waitingBytes + bytes.length > this.#options.maxBytes) return this.#options.dropped(lines.split('\n').length - 1)
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    this.#start()
  }

  /**
   * Resolves with true when everything is written or cannot be written, with false when neither is so after `ms`. Then
   * process.exit() would hang: it waits for a write that nobody takes. Nothing is tried again from now on.
   */
  async end(ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    await Promise.race([this.#running, promise])
    clearTimeout(timer)
    clearTimeout(this.#retry ?? undefined)
    return this.#running === null
  }

  #start(): void {
    if (this.#retry === null) this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    try {
      while (this.#waitingBytes > 0) await this.#writePiece()
    } catch (error) {
      this.#retry = setTimeout(() => {
        this.#retry = null
        this.#start()
      }, this.#options.retryMs)
      this.#options.failed(error as Error)
    }
    this.#running = null
  }

  async #writePiece(): Promise<void> {
    this.#fd ??= await openToAppend(this.#options.destination)
    const first = this.#waiting[0]!
    const written = await write(this.#fd, first.subarray(0, pieceOf(first, this.#pieceBytes)))
    this.#waitingBytes -= written
    if (written === first.length) this.#waiting.shift()
    else this.#waiting[0] = first.subarray(written)
  }
}

/** Bytes of the whole lines at the beginning that fit; a line that is longer is cut. */
function pieceOf(bytes: Buffer, most: number): number {
  if (bytes.length <= most) return bytes.length
  const end = bytes.lastIndexOf(LINE_END, most - 1)
  return end === -1 ? most : end + 1
}

async function openToAppend(file: string): Promise<number> {
  await fs.promises.mkdir(path.dirname(file), { recursive: true })
  return new Promise((resolve, reject) => fs.open(file, 'a', (error, fd) => error === null ? resolve(fd) : reject(error)))
}

function write(fd: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => fs.write(fd, bytes, (error, written) => error === null ? resolve(written) : reject(error)))
}
