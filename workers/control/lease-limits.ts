import type { Redis } from 'ioredis'
import { ANSWER_MS, downAnswer, type LeaseAnswer, type LeaseAsk, overloadedAnswer } from '../policies/limits/lease.ts'

/** Batches that wait for Redis at one time. */
const MOST_PENDING = 64
/** What was granted is not kept for later. */
const LONGEST_LEASE_MS = 2_000

/**
 * For each key: is a bucket, limit, window in ms, burst, wanted. The clock is that of Redis, one for all nodes; where it was set
 * back time stands still for a key, for a window at most. Answers four numbers a key: granted, good for ms, ms until there is
 * one more, left.
 */
const SCRIPT = `
local time = redis.call('TIME')
local clock = time[1] * 1000 + math.floor(time[2] / 1000)
local out = {}
for i, key in ipairs(KEYS) do
  local at = (i - 1) * 5
  local limit, window, burst, wanted = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  local known = redis.call('HMGET', key, 'a', 't', 'c', 'p')
  local last = tonumber(known[1])
  local now = math.max(clock, math.min(last or clock, clock + window))
  local granted, good, retry, left
  if ARGV[at + 1] == '1' then
    local tokens = burst
    if last then tokens = math.min(burst, tonumber(known[2]) + math.max(0, now - last) * limit / window) end
    granted = math.min(wanted, math.floor(tokens))
    tokens = tokens - granted
    redis.call('HSET', key, 'a', now, 't', tostring(tokens))
    redis.call('PEXPIRE', key, math.ceil(burst * window / limit) + 1000)
    good, left = window, math.floor(tokens)
    retry = (1 - tokens) * window / limit
  else
    local number = math.floor(now / window)
    local count, before = 0, 0
    if last then
      local passed = number - math.floor(last / window)
      if passed <= 0 then count, before = tonumber(known[3]), tonumber(known[4]) elseif passed == 1 then before = tonumber(known[3]) end
    end
    local elapsed = now - number * window
    local free = math.floor(limit - before * (1 - elapsed / window) - count)
    granted = math.max(0, math.min(wanted, free))
    count = count + granted
    redis.call('HSET', key, 'a', now, 'c', count, 'p', before)
    redis.call('PEXPIRE', key, window * 2 + 1000)
    good, left = window - elapsed, math.max(0, free - granted)
    retry = window - elapsed
    if count + 1 > limit then retry = retry + math.max(0, window * (1 - (limit - 1) / count))
    elseif before > 0 then retry = window * (1 - (limit - count - 1) / before) - elapsed end
  end
  out[at + 1 - (i - 1)] = granted
  out[at + 2 - (i - 1)] = good
  out[at + 3 - (i - 1)] = math.max(1, math.ceil(retry))
  out[at + 4 - (i - 1)] = left
end
return out`

/**
 * Leases parts of limits that all nodes share, a batch in one round trip. Never rejects: without Redis every answer says that it
 * is down. When too many batches wait, a Redis that answers others is overloaded, and one that says nothing is down.
 */
export function createLeaser(redis: () => Redis | null): (asks: readonly LeaseAsk[]) => Promise<LeaseAnswer[]> {
  let pending = 0
  let heardAt = 0
  return async (asks) => {
    const connection = redis()
    if (connection === null) return asks.map(({ ask }) => downAnswer(ask))
    if (pending >= MOST_PENDING) {
      const isSilent = performance.now() - heardAt > ANSWER_MS
      return asks.map(({ ask }) => (isSilent ? downAnswer(ask) : overloadedAnswer(ask)))
    }
    if (pending++ === 0) heardAt = performance.now()
    try {
      const terms = asks.flatMap(({ terms: { isBucket, limit, windowMs, burst }, wanted }) => [isBucket ? 1 : 0, limit, windowMs, burst, wanted])
      const numbers = await connection.eval(SCRIPT, asks.length, ...asks.map(({ key }) => key), ...terms) as number[]
      heardAt = performance.now()
      return asks.map(({ ask }, index) => {
        const [granted = 0, goodForMs = 0, retryMs = 0, left = 0] = numbers.slice(index * 4, index * 4 + 4)
        return { ask, isDown: false, isOverloaded: false, granted, goodForMs: Math.min(goodForMs, LONGEST_LEASE_MS), retryMs, left }
      })
    } catch {
      return asks.map(({ ask }) => downAnswer(ask))
    } finally {
      pending--
    }
  }
}
