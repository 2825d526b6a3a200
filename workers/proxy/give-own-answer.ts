import { transformOwnAnswer } from '../../shared/transforms/apply-transforms.ts'
import { withCors } from '../../shared/policies/compile-cors.ts'
import type { RequestHead } from '../../shared/http1/request-head.ts'
import type { RequestRecord } from '../telemetry/request-record.ts'
import type { Client } from './client.ts'
import { type OwnAnswer, writtenAnswer } from './own-answer.ts'
import type { RequestContext } from './request-context.ts'
import type { RuntimeRoute } from './runtime.ts'
import type { RequestMatch } from './request-match.ts'
import { writeAnswer } from './write-answer.ts'

interface AnsweredRequest {
  readonly client: Client
  readonly head: RequestHead
  readonly match: RequestMatch
  readonly record: RequestRecord
  readonly context: RequestContext
}

/** Answers in place of an origin. @returns whether the connection ends with it */
export function giveOwnAnswer(answer: OwnAnswer, route: RuntimeRoute, request: AnsweredRequest): boolean {
  const { client, head, match, record } = request
  const changed = ownAnswerFields(route, answer.status, answer.fieldsFor(head, match.path), request)
  const close = client.mustClose()
  record.status = answer.status
  record.failureCode = answer.code
  if (answer.code !== '') client.thread.state.countFailure(answer.code)
  writeAnswer(client, writtenAnswer(answer, changed, record.requestId, head.method === 'HEAD'), close)
  return close
}

/** The field lines of an answer of the gateway itself, as the route's transforms and its CORS policy want them. */
export function ownAnswerFields({ transforms, admission }: RuntimeRoute, status: number, fields: string, { head, context }: Pick<AnsweredRequest, 'head' | 'context'>): string {
  const changed = transforms === null ? fields : transformOwnAnswer(transforms, status, fields, context)
  const cors = admission?.cors ?? null
  return cors === null || /^access-control-allow-origin:/im.test(changed) ? changed : withCors(cors, changed, head.fields)
}
