import type { Redis } from 'ioredis'
import { RequestAnswer } from '../../shared/schema/node-question.ts'
import { compileDecoder } from '../../shared/snapshot/compile-decoder.ts'
import { askNodes } from '../questions/ask-nodes.ts'

const decode = compileDecoder(RequestAnswer)

/** Asks every data node which of them served the request; null when none remembers it. @throws AppError redis_unavailable */
export async function findRequest(redis: Redis, requestId: string): Promise<RequestAnswer | null> {
  const isOfIt = (answer: RequestAnswer): boolean => answer.request.requestId === requestId
  const answers = await askNodes(redis, { kind: 'request', requestId }, decode, (some) => some.some(isOfIt))
  return answers.find(isOfIt) ?? null
}
