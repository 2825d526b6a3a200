import { once } from 'node:events'
import tls from 'node:tls'
import { CONTINUATION, DATA, END_HEADERS, END_STREAM, frame, HEADERS, number, PING, PREFACE, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE } from './http2-frames.ts'

/** HPACK: GET, https, / from the static table, and the authority as a literal. */
const HEAD = Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x41, 6]), Buffer.from('a.test')])
const POST_HEAD = Buffer.concat([Buffer.from([0x83, 0x87, 0x84, 0x41, 6]), Buffer.from('a.test')])
const SEND_EVERY_MS = 50
const MOST_WAITING = 1_000_000

export interface Flood {
  /** Sent once. */
  opening: Buffer
  /** Sent behind it, and then again and again. */
  frames: Buffer
}

const flood = (frames: Buffer, opening: Buffer = Buffer.alloc(0)): Flood => ({ opening, frames })
/** Within one request that never ends. */
const inBody = (frames: Buffer): Flood => flood(frames, frame(HEADERS, END_HEADERS, 1, POST_HEAD))
const windowUpdate = (): Buffer => frame(WINDOW_UPDATE, 0, 0, number(1))

/** Frames that only cost work, by their name. */
export const HTTP2_FLOODS: Readonly<Record<string, () => Flood>> = {
  'rapid reset': () => flood(many(5_000, (index) => Buffer.concat([frame(HEADERS, END_HEADERS | END_STREAM, index * 2 + 1, HEAD), frame(RST_STREAM, 0, index * 2 + 1, number(8))]))),
  'CONTINUATION without end': () => flood(Buffer.concat([frame(HEADERS, 0, 1, HEAD), many(5_000, () => frame(CONTINUATION, 0, 1, Buffer.from([0, 1, 0x61, 1, 0x62])))])),
  'empty CONTINUATION': () => flood(Buffer.concat([frame(HEADERS, 0, 1, HEAD), many(20_000, () => frame(CONTINUATION, 0, 1))])),
  SETTINGS: () => flood(many(20_000, () => frame(SETTINGS, 0, 0))),
  PING: () => flood(many(20_000, () => frame(PING, 0, 0, Buffer.alloc(8)))),
  'unsolicited PING acknowledgements': () => flood(many(20_000, () => frame(PING, 1, 0, Buffer.alloc(8)))),
  PRIORITY: () => flood(many(30_000, (index) => frame(PRIORITY, 0, (index % 50) * 2 + 1, Buffer.from([0, 0, 0, 0, 16])))),
  'unknown frames': () => flood(many(30_000, () => frame(0x77, 0, 0, Buffer.alloc(4)))),
  WINDOW_UPDATE: () => flood(many(30_000, windowUpdate)),
  'WINDOW_UPDATE over the top': () => flood(many(10, () => frame(WINDOW_UPDATE, 0, 0, number(0x7fffffff)))),
  'empty DATA': () => inBody(many(30_000, () => frame(DATA, 0, 1))),
  'DATA of one byte': () => inBody(many(30_000, () => frame(DATA, 0, 1, Buffer.from('a')))),
  'WINDOW_UPDATE between DATA of one byte': () => inBody(many(8_000, () => Buffer.concat([frame(DATA, 0, 1, Buffer.from('a')), many(3, windowUpdate)]))),
  'WINDOW_UPDATE between DATA of 20 bytes': () => inBody(many(2_000, () => Buffer.concat([frame(DATA, 0, 1, Buffer.alloc(20)), many(5, windowUpdate)])))
}

export interface FloodTarget {
  port: number
  /** PEM of the authority; the certificate is for a.test. */
  ca: string
}

/** Floods over HTTP/2, and goes on while it may, `patienceMs` at most. A client that does not read hears no GOAWAY. @returns how long the connection lived, in ms */
export async function floodHttp2({ port, ca }: FloodTarget, { opening, frames }: Flood, reads: boolean, patienceMs = 10_000): Promise<number> {
  const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: 'a.test', ALPNProtocols: ['h2'] })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  if (reads) socket.resume()
  else socket.pause()
  const begin = performance.now()
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), opening]))
  const send = (): void => {
    if (!socket.destroyed && socket.writableLength < MOST_WAITING) socket.write(frames)
  }
  send()
  // One that does not read learns of the end only when it writes.
  const again = setInterval(send, SEND_EVERY_MS)
  const timer = setTimeout(() => socket.destroy(new Error('still open')), patienceMs)
  await closed
  clearInterval(again)
  clearTimeout(timer)
  return performance.now() - begin
}

function many(count: number, make: (index: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => make(index)))
}
