import { once } from 'node:events'
import tls from 'node:tls'
import { CONTINUATION, DATA, frame, GOAWAY, HEADERS, PREFACE, RST_STREAM, SETTINGS } from './http2-frames.ts'

interface ReceivedFrame {
  type: number
  flags: number
  stream: number
  payload: Buffer
}

/** A client of HTTP/2 that sends frames as they are, and sees those that come. */
export class RawHttp2Client {
  readonly socket: tls.TLSSocket
  readonly frames: ReceivedFrame[] = []
  hasClosed = false
  #rest = Buffer.alloc(0)
  readonly #waiting = new Set<() => void>()

  constructor(socket: tls.TLSSocket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('data', (data: Buffer) => this.#read(data))
    socket.on('close', () => {
      this.hasClosed = true
      this.#changed()
    })
    this.send(PREFACE, frame(SETTINGS, 0, 0), frame(SETTINGS, 1, 0))
  }

  send(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames))
  }

  #read(data: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, data])
    while (this.#rest.length >= 9) {
      const end = 9 + this.#rest.readUIntBE(0, 3)
      if (this.#rest.length < end) break
      this.frames.push({ type: this.#rest[3]!, flags: this.#rest[4]!, stream: this.#rest.readUInt32BE(5), payload: this.#rest.subarray(9, end) })
      this.#rest = this.#rest.subarray(end)
    }
    this.#changed()
  }

  #changed(): void {
    for (const check of this.#waiting) check()
  }

  async until(what: string, holds: () => boolean, ms = 5_000): Promise<void> {
    if (holds()) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}; received ${JSON.stringify(this.frames)}`)), ms)
      const check = (): void => {
        if (!holds()) return
        clearTimeout(timer)
        this.#waiting.delete(check)
        resolve()
      }
      this.#waiting.add(check)
    })
  }

  #ofStream(stream: number, ...types: number[]): ReceivedFrame[] {
    return this.frames.filter((one) => one.stream === stream && types.includes(one.type))
  }

  /** How a stream ended: its status, or the code of its reset, or that of the end of the connection. */
  async outcome(stream: number): Promise<string> {
    await this.until(`the end of stream ${stream}`, () => this.hasClosed || this.frames.some(({ type }) => type === GOAWAY) || this.#ofStream(stream, RST_STREAM).length > 0 || this.#ofStream(stream, HEADERS, DATA, CONTINUATION).some(({ flags }) => (flags & 1) === 1))
    const goaway = this.frames.find(({ type }) => type === GOAWAY)
    if (goaway !== undefined) return `GOAWAY ${goaway.payload.readUInt32BE(4)}`
    const [head] = this.#ofStream(stream, HEADERS)
    if (head !== undefined) return String(statusOf(head.payload))
    const [reset] = this.#ofStream(stream, RST_STREAM)
    return reset === undefined ? 'closed' : `RST ${reset.payload.readUInt32BE(0)}`
  }

  destroy(): void {
    this.socket.destroy()
  }
}

/** What HPACK's own table has of statuses, by its index. */
const KNOWN_STATUSES = [200, 204, 206, 304, 400, 404, 500]

/** The status comes first in a head, from the table or as three digits; NaN where those are in Huffman's code. */
function statusOf(block: Buffer): number {
  return (block[0]! & 0x80) === 0 ? Number(block.toString('latin1', 2, 5)) : KNOWN_STATUSES[(block[0]! & 0x7f) - 8] ?? NaN
}

export async function connectRawHttp2({ port, ca }: { port: number; ca: string }): Promise<RawHttp2Client> {
  const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: 'a.test', ALPNProtocols: ['h2'] })
  await once(socket, 'secureConnect')
  return new RawHttp2Client(socket)
}
