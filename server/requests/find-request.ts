import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { answersKey, RequestAnswer, type RequestQuestion } from '../../shared/schema/recent-request.ts'
import { compileDecoder } from '../../shared/snapshot/compile-decoder.ts'

/** How long the data nodes are waited for. */
const WAIT_MS = 1_500
const LOOK_EVERY_MS = 30
const MAX_CHARACTERS = 200_000

const decode = compileDecoder(RequestAnswer)

/** Asks every data node which of them served the request; null when none remembers it. Rejects while Redis is away. */
export async function findRequest(redis: Redis, requestId: string): Promise<RequestAnswer | null> {
  const question: RequestQuestion = { questionId: randomUUID(), requestId }
  const key = answersKey(question.questionId)
  const heardBy = await redis.publish(CHANNELS.questions, JSON.stringify(question))
  for (const end = performance.now() + WAIT_MS; heardBy > 0 && performance.now() < end; await sleep(LOOK_EVERY_MS)) {
    const text = await redis.lpop(key)
    const answer = text === null || text.length > MAX_CHARACTERS ? null : decodeText(text)
    if (answer?.request.requestId === requestId) return answer
  }
  return null
}

function decodeText(text: string): RequestAnswer | null {
  try {
    const decoded = decode(JSON.parse(text))
    return decoded.ok ? decoded.value : null
  } catch {
    return null
  }
}
