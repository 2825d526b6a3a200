import type { OriginPeer } from './scripted-origin.ts'

/** One way in which an origin fails, and what a client must see of it. */
export interface Misbehaviour {
  readonly name: string
  /** Plays one connection of the origin; null: nothing listens. */
  readonly play: ((peer: OriginPeer) => void) | null
  /** The gateway's own answer, with one of these codes, or a response that begins well and is cut. */
  readonly seen: { readonly status: 502 | 504; readonly codes: readonly string[] } | 'cut'
  /** Attempts of a GET. A POST has one, unless the connection ended before anything of it was written. */
  readonly attempts: 1 | 2
}

const answered = (code: string, attempts: 1 | 2 = 1): Pick<Misbehaviour, 'seen' | 'attempts'> => ({ seen: { status: code.endsWith('timeout') ? 504 : 502, codes: [code] }, attempts })
/** Whether the reset arrives before or after the news that the connection is there. */
const UNWRITTEN = ['connect_failed', 'origin_closed']
const CUT = { seen: 'cut', attempts: 1 } as const

const reset = (peer: OriginPeer): void => void peer.socket.resetAndDestroy()
const close = (peer: OriginPeer): void => void peer.socket.end()

/** Sends `text` as the answer to a whole request head, then ends the connection as `last` says. */
function sends(text: string, last: (peer: OriginPeer) => void = () => {}): (peer: OriginPeer) => void {
  return (peer) => {
    const listen = (): void => {
      if (!peer.received.includes('\r\n\r\n')) return
      peer.socket.removeListener('data', listen)
      if (text === '') last(peer)
      // What was written must be on its way before a reset throws it away.
      else peer.socket.write(text, 'latin1', () => setTimeout(() => last(peer), 20))
    }
    peer.socket.on('data', listen)
  }
}

/** Sends `text`, then one byte every `everyMs` milliseconds for as long as the gateway listens. */
function drips(text: string, everyMs: number): (peer: OriginPeer) => void {
  return sends(text, (peer) => {
    const timer = setInterval(() => peer.socket.write('.'), everyMs)
    peer.socket.once('close', () => clearInterval(timer))
  })
}

const SIZED = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin'
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n'
const UNSIZED = 'HTTP/1.1 200 OK\r\n\r\nbegin'

/** Everything an origin may do wrong. Routes need activityMs well below the wait of the client. */
export const MISBEHAVIOURS: readonly Misbehaviour[] = [
  { name: 'refuses connections', play: null, ...answered('connect_failed', 2) },
  { name: 'resets every connection at once', play: reset, seen: { status: 502, codes: UNWRITTEN }, attempts: 2 },
  { name: 'closes every connection at once', play: close, ...answered('origin_closed', 2) },
  { name: 'resets before the answer', play: sends('', reset), ...answered('origin_closed', 2) },
  { name: 'closes before the answer', play: sends('', close), ...answered('origin_closed', 2) },
  { name: 'resets inside the head', play: sends('HTTP/1.1 200 OK\r\nContent-Le', reset), ...answered('origin_closed') },
  { name: 'closes inside the head', play: sends('HTTP/1.1 200 OK\r\nContent-Le', close), ...answered('origin_closed') },
  { name: 'resets inside a body with Content-Length', play: sends(SIZED, reset), ...CUT },
  { name: 'closes inside a body with Content-Length', play: sends(SIZED, close), ...CUT },
  { name: 'resets between two chunks', play: sends(CHUNKED, reset), ...CUT },
  { name: 'closes between two chunks', play: sends(CHUNKED, close), ...CUT },
  { name: 'resets inside a chunk', play: sends(`${CHUNKED}ff\r\nhalf`, reset), ...CUT },
  { name: 'closes inside a chunk', play: sends(`${CHUNKED}ff\r\nhalf`, close), ...CUT },
  { name: 'closes inside the trailers', play: sends(`${CHUNKED}0\r\nX-Tr`, close), ...CUT },
  { name: 'resets a body that ends with the connection', play: sends(UNSIZED, reset), ...CUT },
  { name: 'never answers', play: sends(''), ...answered('response_timeout') },
  { name: 'stops inside the head', play: sends('HTTP/1.1 200 OK\r\nContent-Le'), ...answered('response_timeout') },
  { name: 'drips a head', play: drips('HTTP/1.1 200 OK\r\nX: ', 50), ...answered('response_timeout') },
  { name: 'stops inside the body', play: sends(SIZED), ...CUT },
  { name: 'stops between two chunks', play: sends(CHUNKED), ...CUT },
  { name: 'speaks another protocol', play: sends('220 mail.example ESMTP ready\r\n\r\n'), ...answered('bad_response') },
  { name: 'sends random bytes', play: sends(randomBytes()), ...answered('bad_response') },
  { name: 'sends a head without end', play: sends(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`), ...answered('bad_response') },
  { name: 'sends a chunk size that is none', play: sends(CHUNKED, (peer) => peer.send('zz\r\n')), ...CUT },
  { name: 'sends 1xx without end', play: sends('HTTP/1.1 102 Processing\r\n\r\n'.repeat(50)), ...answered('bad_response') }
]

/** Slower than any sensible minResponseBytesPerSecond. Seen only where one is set, after 5 to 10 s. */
export const DRIPPING: Misbehaviour = { name: 'drips a body', play: drips(SIZED, 500), ...CUT }

/** What is wrong with what a client received from the gateway up to the end of its connection; null when nothing is. */
export function problemWith({ seen }: Misbehaviour, received: string): string | null {
  const final = received.replaceAll('HTTP/1.1 102 Processing\r\n\r\n', '')
  const shown = JSON.stringify(final.slice(0, 200))
  if (seen !== 'cut') {
    const code = /\r\nX-Gateway-Error: (\S+)\r\n/.exec(final)?.[1] ?? 'none'
    return final.startsWith(`HTTP/1.1 ${seen.status} `) && seen.codes.includes(code) ? null : `not ${seen.status} ${seen.codes.join(' or ')} but ${shown}`
  }
  if (!final.startsWith('HTTP/1.1 200 ') || !final.includes('begin')) return `not a response that began but ${shown}`
  const body = final.slice(final.indexOf('\r\n\r\n') + 4)
  const isWhole = /\r\ncontent-length: 1000\r\n/i.test(final) ? body.length >= 1000 : /(^|\r\n)0\r\n/.test(body)
  return isWhole ? `a clean end: ${shown}` : null
}

/** Bytes that no parser takes for a head; the same ones every time. */
function randomBytes(): string {
  let state = 42
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) >> 16
  return `${Array.from({ length: 400 }, () => String.fromCharCode(next() & 0xff)).join('')}\r\n\r\n`
}
