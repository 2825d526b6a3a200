import type { Redis } from 'ioredis'
import { createNodeRedis } from './node-redis.ts'

export interface RedisLink {
  /** For commands; throws while Redis is away. */
  readonly commands: Redis
  stop(): void
}

/** What is done with the messages of each channel. */
export type Channels = Readonly<Record<string, (text: string) => void>>

/** Two connections to Redis, one that listens and one for commands. `connected` is called whenever one of them is made anew. */
export function linkToRedis(options: { url: string; channels: Channels; connected(): void }): RedisLink {
  const { url, channels, connected } = options
  const ready = (): Promise<void> => {
    connected()
    return Promise.resolve()
  }
  const commands = createNodeRedis({ url, ready, away() {} })
  const subscriber = createNodeRedis({
    url,
    async ready(redis) {
      await redis.subscribe(...Object.keys(channels))
      connected()
    },
    away() {}
  })
  subscriber.redis.on('message', (channel: string, text: string) => channels[channel]?.(text))
  return {
    commands: commands.redis,
    stop() {
      commands.stop()
      subscriber.stop()
    }
  }
}
