import { once } from 'node:events'
import net from 'node:net'

/** A client that sends and sees bytes as they are. Everything is latin1 text. */
export class RawClient {
  readonly socket: net.Socket
  received = ''
  hasEnded = false
  hasClosed = false
  error: string | null = null
  readonly #waiting = new Set<() => void>()

  constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', (data) => this.#changed(() => (this.received += data.toString('latin1'))))
    socket.on('end', () => this.#changed(() => (this.hasEnded = true)))
    socket.on('close', () => this.#changed(() => (this.hasClosed = true)))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#changed(() => (this.error = error.code ?? error.message)))
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** Waits until what was received fits. */
  async until(what: string, fits: (client: RawClient) => boolean, ms = 5_000): Promise<void> {
    if (fits(this)) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}; received ${JSON.stringify(this.received.slice(0, 2000))}`)), ms)
      const check = () => {
        if (!fits(this)) return
        clearTimeout(timer)
        this.#waiting.delete(check)
        resolve()
      }
      this.#waiting.add(check)
    })
  }

  /** Waits for one whole response and takes it out of what was received. */
  async response(method = 'GET'): Promise<RawResponse> {
    let found: RawResponse | null = null
    await this.until('a whole response', () => (found = takeResponse(this.received, method, this.hasEnded || this.hasClosed)) !== null)
    this.received = this.received.slice(found!.bytes)
    return found!
  }

  /** Waits until the other side closed or half closed. */
  closed(): Promise<void> {
    return this.until('the connection is closed', () => this.hasEnded || this.hasClosed)
  }

  destroy(): void {
    this.socket.destroy()
  }

  #changed(change: () => void): void {
    change()
    for (const check of this.#waiting) check()
  }
}

export interface RawResponse {
  status: number
  /** Lower-case names. */
  headers: Map<string, string>
  body: string
  /** The framing was met to its end, not cut by the end of the connection. */
  isWhole: boolean
  bytes: number
}

export async function connectRaw(port: number, options: { allowHalfOpen?: boolean } = {}): Promise<RawClient> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, ...options })
  await once(socket, 'connect')
  return new RawClient(socket)
}

/** Sends one request on a connection of its own. */
export async function ask(port: number, text: string): Promise<RawResponse> {
  const client = await connectRaw(port)
  client.send(text)
  const response = await client.response(text.slice(0, text.indexOf(' ')))
  client.destroy()
  return response
}

function takeResponse(text: string, method: string, hasEnded: boolean): RawResponse | null {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return null
  const [line = '', ...fields] = text.slice(0, headEnd).split('\r\n')
  const status = Number(line.split(' ')[1])
  const headers = new Map<string, string>()
  for (const field of fields) {
    const colon = field.indexOf(':')
    const name = field.slice(0, colon).toLowerCase()
    const value = field.slice(colon + 1).trim()
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value)
  }
  const start = headEnd + 4
  const make = (body: string, end: number, isWhole: boolean): RawResponse => ({ status, headers, body, isWhole, bytes: end })
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return make('', start, true)
  if (headers.get('transfer-encoding') === 'chunked') return takeChunked(text, start, hasEnded, make)
  const length = headers.get('content-length')
  if (length !== undefined) {
    const end = start + Number(length)
    if (text.length >= end) return make(text.slice(start, end), end, true)
    return hasEnded ? make(text.slice(start), text.length, false) : null
  }
  return hasEnded ? make(text.slice(start), text.length, true) : null
}

function takeChunked(text: string, from: number, hasEnded: boolean, make: (body: string, end: number, isWhole: boolean) => RawResponse): RawResponse | null {
  let body = ''
  for (let at = from; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return hasEnded ? make(body, text.length, false) : null
    const size = parseInt(text.slice(at, lineEnd), 16)
    if (size === 0) {
      const end = text.indexOf('\r\n\r\n', lineEnd)
      if (end === -1) return hasEnded ? make(body, text.length, false) : null
      return make(body, end + 4, true)
    }
    if (text.length < lineEnd + 4 + size) return hasEnded ? make(body, text.length, false) : null
    body += text.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 4 + size
  }
}
