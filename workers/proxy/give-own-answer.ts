import { transformOwnAnswer } from '../../shared/transforms/apply-transforms.ts'
import type { CompiledTransforms } from '../../shared/transforms/compile-transforms.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Client } from './client.ts'
import { type OwnAnswer, ownAnswerText } from './own-answer.ts'
import type { RequestContext } from './request-context.ts'
import type { RequestMatch } from './request-match.ts'

interface AnsweredRequest {
  readonly client: Client
  readonly head: RequestHead
  readonly match: RequestMatch
  readonly record: RequestRecord
  readonly context: RequestContext
}

/** Answers in place of an origin. @returns whether the connection ends with it */
export function giveOwnAnswer(answer: OwnAnswer, transforms: CompiledTransforms | null, { client, head, match, record, context }: AnsweredRequest): boolean {
  const fields = answer.fieldsFor(head, match.path)
  const changed = transforms === null ? fields : transformOwnAnswer(transforms, fields, context)
  const close = client.mustClose()
  record.status = answer.status
  record.failureCode = answer.code
  if (answer.code !== '') client.thread.state.countFailure(answer.code)
  client.write(ownAnswerText(answer, changed, record.requestId, close, head.method === 'HEAD'))
  return close
}
