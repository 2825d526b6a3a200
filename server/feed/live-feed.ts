import type http from 'node:http'
import type { Duplex } from 'node:stream'
import type { Redis } from 'ioredis'
import { WebSocketServer } from 'ws'
import type { Actor } from '../auth/actor.ts'
import { authenticate } from '../auth/authenticate.ts'
import type { Deps } from '../deps.ts'
import { AppError } from '../http/app-error.ts'
import type { Intake } from '../http/build-router.ts'
import { mapError } from '../http/map-error.ts'
import { admit, type Admission, credentialsOf, mayRead } from './admit.ts'
import { FeedHub } from './feed-hub.ts'
import { FEED_CLOSE, FeedReader } from './feed-reader.ts'

const MOST_READERS = 500
const MOST_READERS_OF_ONE = 10
/** Readers have nothing to say. */
const MOST_PAYLOAD_BYTES = 1_024
/** How often it is looked whether readers are there, and still may read. */
const PING_EVERY_MS = 15_000

export interface LiveFeed {
  /** Answers what asks the server to become a WebSocket. */
  onUpgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void
  /** Readers are told to come back, elsewhere or later. */
  stop(): void
}

/** GET /api/v1/events: what happens, as it happens. Any number of processes serve it; each hears everything over Redis. */
export function createLiveFeed(deps: Deps, subscriber: Redis, intake: Intake): LiveFeed {
  const hub = new FeedHub(deps, subscriber)
  const server = new WebSocketServer({ noServer: true, maxPayload: MOST_PAYLOAD_BYTES, perMessageDeflate: false, clientTracking: false })
  const readers = new Map<FeedReader, { who: string; recheck(): Promise<boolean> }>()

  const open = (request: http.IncomingMessage, socket: Duplex, head: Buffer, { actor, tenants, since, metrics }: Admission): void => {
    const who = whoIs(actor)
    const ofOne = [...readers.values()].filter((reader) => reader.who === who).length
    if (readers.size >= MOST_READERS || ofOne >= MOST_READERS_OF_ONE) throw new AppError('too_many_readers', { message: `You have ${ofOne} live feeds open; this process has ${readers.size}. Close some.` })
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const reader = new FeedReader(webSocket, tenants, metrics)
      readers.set(reader, { who, recheck: async () => sameReader(await authenticate(deps.db, credentialsOf(request), new Date(), false), actor) })
      webSocket.on('close', () => {
        readers.delete(reader)
        hub.remove(reader)
      })
      hub.add(reader, since)
    })
  }

  const timer = setInterval(() => {
    for (const [reader, { recheck }] of readers) {
      reader.ping()
      // While the database is away nobody is shut out.
      recheck().then((may) => may || reader.close(FEED_CLOSE.notAllowed, 'the session or token has ended'), () => {})
    }
  }, PING_EVERY_MS)

  return {
    onUpgrade(request, socket, head) {
      socket.on('error', () => socket.destroy())
      admit(deps, intake, request).then((admission) => open(request, socket, head, admission)).catch((error: unknown) => refuse(socket, mapError(error)))
    },
    stop() {
      clearInterval(timer)
      hub.stop()
      for (const reader of readers.keys()) reader.close(FEED_CLOSE.goingAway, 'this process stops')
    }
  }
}

function whoIs(actor: Actor): string {
  return actor.kind === 'user' || actor.kind === 'token' ? `${actor.kind} ${actor.id}` : actor.kind
}

/** Whether the same one may read the same still. */
function sameReader(now: Actor, before: Actor): boolean {
  return whoIs(now) === whoIs(before) && mayRead(now) && JSON.stringify('tenants' in now ? now.tenants : null) === JSON.stringify('tenants' in before ? before.tenants : null)
}

function refuse(socket: Duplex, { status, code, message, details }: AppError): void {
  const body = JSON.stringify({ error: { code, message, ...(details.issues ? { issues: details.issues } : {}) } })
  const fields = Object.entries({ 'content-type': 'application/json; charset=utf-8', 'content-length': String(Buffer.byteLength(body)), 'cache-control': 'no-store', connection: 'close', ...details.headers })
  socket.end(`HTTP/1.1 ${status} Refused\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
}
