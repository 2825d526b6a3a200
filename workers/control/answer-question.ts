import type { Redis } from 'ioredis'
import { Value } from 'typebox/value'
import { answersKey, type RecentRequest, RequestQuestion } from '../../shared/schema/recent-request.ts'
import type { Log } from '../log.ts'

const MAX_CHARACTERS = 1_024
/** Nobody waits longer for an answer. */
const KEPT_SECONDS = 10
/** Questions that are looked into at one time; more are not answered. */
const AT_ONCE = 4

/** Answers questions about recent requests that this node served. One that it did not serve, or no longer knows, it leaves to others. */
export function createAnswerer(options: { nodeId: string; redis(): Redis; recent(): Promise<RecentRequest[]>; log: Log }): (text: string) => void {
  let pending = 0
  const answer = async ({ questionId, requestId }: RequestQuestion): Promise<void> => {
    const request = (await options.recent()).find((one) => one.requestId === requestId)
    if (request === undefined) return
    const key = answersKey(questionId)
    await options.redis().multi().rpush(key, JSON.stringify({ nodeId: options.nodeId, request })).expire(key, KEPT_SECONDS).exec()
  }
  return (text) => {
    const question = decodeQuestion(text)
    if (question === null) return options.log.warn('a message on the channel for questions is none')
    if (pending >= AT_ONCE) return
    pending++
    void answer(question).catch((error: Error) => options.log.debug({ reason: error.message }, 'a question cannot be answered')).finally(() => pending--)
  }
}

function decodeQuestion(text: string): RequestQuestion | null {
  if (text.length > MAX_CHARACTERS) return null
  try {
    const value: unknown = JSON.parse(text)
    return Value.Check(RequestQuestion, value) ? value : null
  } catch {
    return null
  }
}
