import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { answersKey, type NodeQuestion } from '../../shared/schema/node-question.ts'
import { AppError } from '../http/app-error.ts'

/** How long the data nodes are waited for. */
const WAIT_MS = 2_000
const LOOK_EVERY_MS = 20
const MAX_CHARACTERS = 2_000_000

/** A question without its id. */
type Asked = NodeQuestion extends infer Q ? (Q extends NodeQuestion ? Omit<Q, 'questionId'> : never) : never

/** Checks an answer. */
type Decode<A> = (value: unknown) => { ok: true; value: A } | { ok: false }

/**
 * Asks every data node, and gathers answers until `isEnough`, at most two seconds long. Answers that are none are left out.
 * @throws AppError redis_unavailable
 */
export async function askNodes<A>(redis: Redis, asked: Asked, decode: Decode<A>, isEnough: (answers: readonly A[]) => boolean): Promise<A[]> {
  const questionId = randomUUID()
  const key = answersKey(questionId)
  const answers: A[] = []
  try {
    const heardBy = await redis.publish(CHANNELS.questions, JSON.stringify({ ...asked, questionId }))
    for (const end = performance.now() + WAIT_MS; heardBy > 0 && !isEnough(answers) && performance.now() < end;) {
      const text = await redis.lpop(key)
      const answer = text === null || text.length > MAX_CHARACTERS ? null : decodeText(text, decode)
      if (answer !== null) answers.push(answer)
      else await sleep(LOOK_EVERY_MS)
    }
  } catch {
    throw new AppError('redis_unavailable', { message: 'The data nodes are asked over Redis, which cannot be reached.' })
  }
  return answers
}

function decodeText<A>(text: string, decode: Decode<A>): A | null {
  try {
    const decoded = decode(JSON.parse(text))
    return decoded.ok ? decoded.value : null
  } catch {
    return null
  }
}
