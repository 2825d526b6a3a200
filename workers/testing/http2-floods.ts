import { once } from 'node:events'
import tls from 'node:tls'
import { CONTINUATION, DATA, END_HEADERS, END_STREAM, frame, HEADERS, number, PING, PREFACE, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE } from './http2-frames.ts'

/** HPACK: GET, https, / from the static table, and the authority as a literal. */
const HEAD = Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x41, 6]), Buffer.from('a.test')])
const POST_HEAD = Buffer.concat([Buffer.from([0x83, 0x87, 0x84, 0x41, 6]), Buffer.from('a.test')])
const SEND_EVERY_MS = 50
const MOST_WAITING = 1_000_000

/** Frames that only cost work, by their name. Each function makes what is sent at once, and then again and again. */
export const HTTP2_FLOODS: Readonly<Record<string, () => Buffer>> = {
  'rapid reset': () => many(5_000, (index) => Buffer.concat([frame(HEADERS, END_HEADERS | END_STREAM, index * 2 + 1, HEAD), frame(RST_STREAM, 0, index * 2 + 1, number(8))])),
  'CONTINUATION without end': () => Buffer.concat([frame(HEADERS, 0, 1, HEAD), many(5_000, () => frame(CONTINUATION, 0, 1, Buffer.from([0, 1, 0x61, 1, 0x62])))]),
  'empty CONTINUATION': () => Buffer.concat([frame(HEADERS, 0, 1, HEAD), many(20_000, () => frame(CONTINUATION, 0, 1))]),
  SETTINGS: () => many(20_000, () => frame(SETTINGS, 0, 0)),
  PING: () => many(20_000, () => frame(PING, 0, 0, Buffer.alloc(8))),
  'unsolicited PING acknowledgements': () => many(20_000, () => frame(PING, 1, 0, Buffer.alloc(8))),
  PRIORITY: () => many(30_000, (index) => frame(PRIORITY, 0, (index % 50) * 2 + 1, Buffer.from([0, 0, 0, 0, 16]))),
  'unknown frames': () => many(30_000, () => frame(0x77, 0, 0, Buffer.alloc(4))),
  WINDOW_UPDATE: () => many(30_000, () => frame(WINDOW_UPDATE, 0, 0, number(1))),
  'WINDOW_UPDATE over the top': () => many(10, () => frame(WINDOW_UPDATE, 0, 0, number(0x7fffffff))),
  'empty DATA': () => Buffer.concat([frame(HEADERS, END_HEADERS, 1, POST_HEAD), many(30_000, () => frame(DATA, 0, 1))])
}

export interface FloodTarget {
  port: number
  /** PEM of the authority; the certificate is for a.test. */
  ca: string
}

/** Sends these bytes over HTTP/2, and goes on while it may, `patienceMs` at most. A client that does not read hears no GOAWAY. @returns how long the connection lived, in ms */
export async function floodHttp2({ port, ca }: FloodTarget, bytes: Buffer, reads: boolean, patienceMs = 10_000): Promise<number> {
  const socket = tls.connect({ host: '127.0.0.1', port, ca, servername: 'a.test', ALPNProtocols: ['h2'] })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  if (reads) socket.resume()
  else socket.pause()
  const begin = performance.now()
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(Buffer.concat([PREFACE, frame(SETTINGS, 0, 0)]))
  const send = (): void => {
    if (!socket.destroyed && socket.writableLength < MOST_WAITING) socket.write(bytes)
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
