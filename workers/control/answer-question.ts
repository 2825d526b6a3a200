import type { Redis } from 'ioredis'
import { Value } from 'typebox/value'
import { answersKey, type CloseAnswer, type ConnectionCountsAnswer, type ConnectionsAnswer, MOST_CONNECTIONS, MOST_REQUESTS, NodeQuestion, type RefusalsAnswer, type RequestAnswer, type RequestsAnswer, type TargetsAnswer } from '../../shared/schema/node-question.ts'
import type { ServedCertificatesAnswer } from '../../shared/schema/served-certificate.ts'
import type { ConnectionCount, OpenConnection } from '../../shared/schema/open-connection.ts'
import type { RecentRequest } from '../../shared/schema/recent-request.ts'
import type { RefusalCount } from '../../shared/schema/refusal-count.ts'
import type { TargetLoad } from '../../shared/schema/target-load.ts'
import type { Log } from '../log.ts'
import { addRefusals } from '../policies/refusal-counts.ts'
import type { ThreadQuestion } from '../questions/thread-question.ts'
import { fitsRequest } from '../telemetry/fits-request.ts'
import { newestOf } from '../telemetry/recent-requests.ts'
import type { ThreadCertificate } from '../tls/describe-certificates.ts'
import { countAnswers } from './count-answers.ts'

/** A hundred tenants fit. */
const MAX_CHARACTERS = 16_384
const MOST_REFUSALS = 1_000
/** Of a path in a list, in characters. */
const MOST_OF_A_PATH = 500
/** Nobody waits longer for an answer. */
const KEPT_SECONDS = 10
/** Questions that are looked into at one time; more are not answered. */
const AT_ONCE = 4
const MOST_SERVED = 1_000

/** Without the name of the node. */
type Answer = Omit<RequestAnswer, 'nodeId'> | Omit<RequestsAnswer, 'nodeId'> | Omit<ConnectionsAnswer, 'nodeId'> | Omit<ConnectionCountsAnswer, 'nodeId'> | Omit<CloseAnswer, 'nodeId'> | Omit<RefusalsAnswer, 'nodeId'> | Omit<TargetsAnswer, 'nodeId'> | Omit<ServedCertificatesAnswer, 'nodeId'>

/** Asks every thread of the node. */
type Ask = <T>(question: ThreadQuestion) => Promise<T[]>

/** Answers questions about what only this node knows. */
export function createAnswerer(options: { nodeId: string; redis(): Redis; ask: Ask; sample(seconds: number): void; log: Log }): (text: string) => void {
  const { nodeId, redis, ask, log } = options
  let pending = 0
  const answer = async (question: NodeQuestion): Promise<void> => {
    if (question.kind === 'certificate' && question.of !== nodeId) return
    const answered = await answerTo(question, ask)
    if (answered === null) return
    const key = answersKey(question.questionId)
    await redis().multi().rpush(key, JSON.stringify({ nodeId, ...answered })).expire(key, KEPT_SECONDS).exec()
  }
  return (text) => {
    const question = decodeQuestion(text)
    if (question === null) return log.warn('a message on the channel for questions is none')
    if (question.kind === 'samples') return options.sample(question.seconds)
    if (pending >= AT_ONCE) return
    pending++
    void answer(question).catch((error: Error) => log.debug({ reason: error.message }, 'a question cannot be answered')).finally(() => pending--)
  }
}

/** Null: this node has nothing to say to it. */
async function answerTo(question: NodeQuestion, ask: Ask): Promise<Answer | null> {
  switch (question.kind) {
    case 'request': {
      const request = (await ask<RecentRequest>({ kind: 'recent' })).find((one) => one.requestId === question.requestId)
      return request === undefined ? null : { request }
    }
    case 'requests': {
      const requests = await ask<RecentRequest>({ kind: 'recent' })
      return { requests: newestOf(requests.filter((one) => fitsRequest(one, question.filter, question.tenants))).slice(0, MOST_REQUESTS).map(shortened) }
    }
    case 'connections': {
      const connections = await ask<OpenConnection>({ kind: 'connections', filter: question.filter, tenants: question.tenants })
      return { total: connections.length, connections: connections.toSorted((a, b) => (a.since < b.since ? 1 : -1)).slice(0, MOST_CONNECTIONS) }
    }
    case 'connectionCounts':
      return { counts: await ask<ConnectionCount>({ kind: 'connectionCounts' }) }
    case 'refusals':
      return { refusals: addRefusals([(await ask<RefusalCount>({ kind: 'refusals' })).filter(({ policyId }) => policyId === question.policyId)]).slice(0, MOST_REFUSALS) }
    case 'targets': {
      // The threads share their counts: the answer of one is that of all.
      const loads = await ask<TargetLoad>({ kind: 'targets', upstreamId: question.upstreamId })
      return { targets: [...new Map(loads.map((load) => [load.targetId, load])).values()] }
    }
    case 'closeConnection':
      return { closed: (await ask<boolean>({ kind: 'closeConnection', connectionId: question.connectionId, tenants: question.tenants })).length > 0 }
    case 'samples':
      return null
    case 'certificate': {
      const { name, port } = question
      return { served: countAnswers(await ask<ThreadCertificate>({ kind: 'certificate', name, ...(port === undefined ? {} : { port }) })).slice(0, MOST_SERVED) }
    }
  }
}

/** A list of many requests must stay small; the whole path is told of one request. */
function shortened(request: RecentRequest): RecentRequest {
  return request.path.length > MOST_OF_A_PATH ? { ...request, path: request.path.slice(0, MOST_OF_A_PATH) } : request
}

function decodeQuestion(text: string): NodeQuestion | null {
  if (text.length > MAX_CHARACTERS) return null
  try {
    const value: unknown = JSON.parse(text)
    return Value.Check(NodeQuestion, value) ? value : null
  } catch {
    return null
  }
}
