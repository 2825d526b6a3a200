import { CHANNELS } from '../../shared/schema/channels.ts'
import type { Log } from '../log.ts'
import { decodeHint } from './decode-desired.ts'
import { createNodeRedis } from './node-redis.ts'

const MAX_HINT_CHARACTERS = 1024

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
  let isConnected = false
  let hasComplained = false
  const { redis, stop } = createNodeRedis({
    url: options.url,
    async ready(connection) {
      await connection.subscribe(CHANNELS.config)
      isConnected = true
      if (hasComplained) log.info('Redis is connected again')
      hasComplained = false
      hint()
    },
    away(error) {
      if (!hasComplained) log.warn({ reason: error.message }, 'Redis cannot be reached; publishes arrive by polling')
      hasComplained = true
    }
  })
  redis.on('close', () => {
    isConnected = false
  })
  redis.on('message', (_channel: string, text: string) => {
    if (isHint(text)) hint()
    else log.warn('a message on the channel for hints is none')
  })
  return {
    get isConnected() {
      return isConnected
    },
    stop
  }
}

function isHint(text: string): boolean {
  if (text.length > MAX_HINT_CHARACTERS) return false
  try {
    return decodeHint(JSON.parse(text)) !== null
  } catch {
    return false
  }
}
