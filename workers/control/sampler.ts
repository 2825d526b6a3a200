import type { Redis } from 'ioredis'
import { CHANNELS } from '../../shared/schema/channels.ts'
import type { NodeSample } from '../../shared/schema/feed.ts'
import type { NodeStats } from './worker-processes.ts'

const EVERY_MS = 1_000

/** Tells each second what the node counts, as long as somebody wants that. What cannot be told is lost. */
export function createSampler(options: { redis(): Redis; sample(): NodeSample }): { want(seconds: number): void; stop(): void } {
  let until = -Infinity
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  const tell = (): void => {
    if (performance.now() > until) return stop()
    const redis = options.redis()
    if (redis.status === 'ready') redis.publish(CHANNELS.samples, JSON.stringify(options.sample())).catch(() => {})
  }
  return {
    want(seconds) {
      until = performance.now() + seconds * 1000
      if (timer !== undefined) return
      timer = setInterval(tell, EVERY_MS)
      tell()
    },
    stop
  }
}

export function sampleOf(nodeId: string, startedAt: Date, { served, responses, connections, eventLoopDelayMs }: Pick<NodeStats, 'served' | 'responses' | 'connections' | 'eventLoopDelayMs'>): NodeSample {
  return { nodeId, startedAt: startedAt.toISOString(), at: Date.now(), served, responses, connections, eventLoopDelayMs }
}
