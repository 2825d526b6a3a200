import { Redis } from 'ioredis'
import { CHANNELS } from '../../shared/schema/channels.ts'
import type { Log } from '../log.ts'
import { decodeHint } from './decode-desired.ts'

const MAX_HINT_CHARACTERS = 1024
const CONNECT_TIMEOUT_MS = 3_000
const LONGEST_RECONNECT_MS = 4_000
const PING_EVERY_MS = 3_000
const PING_TIMEOUT_MS = 1_000

export interface ConfigHints {
  readonly isConnected: boolean
  stop(): void
}

/**
 * Listens on Redis for hints that the configuration may have changed. A hint carries nothing that is believed: the
 * worst that a wrong one does is one question to the control plane. Also hints on every (re)connect, since what was
 * said before is lost. Without Redis the node polls.
 */
export function listenForHints(options: { url: string; hint(): void; log: Log }): ConfigHints {
  const { hint, log } = options
  const redis = new Redis(options.url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    disableClientInfo: true,
    retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 6), LONGEST_RECONNECT_MS) * (0.5 + Math.random() / 2)
  })
  let isConnected = false
  let hasComplained = false
  let connectedAt = 0
  redis.on('connect', () => {
    connectedAt = performance.now()
  })

  redis.on('ready', async () => {
    try {
      await redis.subscribe(CHANNELS.config)
      isConnected = true
      if (hasComplained) log.info('Redis is connected again')
      hasComplained = false
      hint()
    } catch {
      redis.disconnect(true)
    }
  })
  redis.on('close', () => {
    isConnected = false
  })
  redis.on('error', (error) => {
    if (!hasComplained) log.warn({ reason: error.message }, 'Redis cannot be reached; publishes arrive by polling')
    hasComplained = true
  })
  redis.on('message', (_channel: string, text: string) => {
    if (isHint(text)) hint()
    else log.warn('a message on the channel for hints is none')
  })
  // A connection that was cut without a word looks open for minutes.
  const pulse = setInterval(() => {
    if (redis.status === 'ready') void checkPulse(redis)
    // Accepted, and then not a word: a Redis that was stopped, or something else behind that port.
    else if (redis.status === 'connect' && performance.now() - connectedAt > CONNECT_TIMEOUT_MS) redis.disconnect(true)
  }, PING_EVERY_MS)
  redis.connect().catch(() => {})
  return {
    get isConnected() {
      return isConnected
    },
    stop() {
      clearInterval(pulse)
      redis.disconnect()
    }
  }
}

async function checkPulse(redis: Redis): Promise<void> {
  const timer = setTimeout(() => redis.disconnect(true), PING_TIMEOUT_MS)
  await redis.ping().catch(() => redis.disconnect(true))
  clearTimeout(timer)
}

function isHint(text: string): boolean {
  if (text.length > MAX_HINT_CHARACTERS) return false
  try {
    return decodeHint(JSON.parse(text)) !== null
  } catch {
    return false
  }
}
