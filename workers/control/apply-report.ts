import { type Issue, warningIssue } from '../../shared/schema/issue.ts'
import type { Ack, PortState, ThreadResult } from '../../shared/schema/node-api.ts'
import type { ListenerEndpoint } from '../endpoint.ts'
import { type Candidate, desiredOf } from './candidate.ts'
import type { PortBook } from './port-book.ts'

const MAX_ISSUES = 1000
const MAX_THREAD_ISSUES = 100
const MAX_PORTS = 4096
const MAX_MESSAGE = 2048

/** One warning for each listener whose port cannot be had now. */
export function portIssues(endpoints: readonly ListenerEndpoint[], ports: Pick<PortBook, 'failureOf'>): Issue[] {
  return endpoints.flatMap((endpoint) => {
    const failure = ports.failureOf(endpoint)
    if (failure === undefined) return []
    return [warningIssue(`/listeners/${endpoint.index}/port`, failure.code, `listener "${endpoint.name}": ${failure.message}; tried again every 5 s`)]
  })
}

/** Every port that serves or should. `areClosed`: the node was told to close them. */
export function portStates(endpoints: readonly ListenerEndpoint[], ports: Pick<PortBook, 'failureOf'>, areClosed: boolean): PortState[] {
  return endpoints.slice(0, MAX_PORTS).map((endpoint) => {
    const { address, port, protocol } = endpoint
    const failure = ports.failureOf(endpoint)
    if (failure === undefined) return { address, port, protocol, state: areClosed ? 'reserved' : 'listening' }
    return { address, port, protocol, state: failure.state, error: failure.message.slice(0, 500) }
  })
}

/** The report about a snapshot. Issues of ports do not refuse it. */
export function ackOf(
  outcome: { candidate: Candidate; threads: ThreadResult[]; issues: Issue[]; persisted: boolean },
  result: Ack['result'] = outcome.issues.length > 0 ? 'applied_with_issues' : 'applied'
): Ack {
  const { candidate, threads, issues, persisted } = outcome
  return {
    ...desiredOf(candidate.snapshot),
    result,
    issues: bounded(issues, MAX_ISSUES),
    threads: threads.map((thread) => ({ ...thread, issues: bounded(thread.issues, MAX_THREAD_ISSUES) })),
    persisted,
    verifiedAt: candidate.verifiedAt,
    at: new Date().toISOString()
  }
}

function bounded(issues: readonly Issue[], most: number): Issue[] {
  return issues.slice(0, most).map((issue) => ({ ...issue, message: issue.message.slice(0, MAX_MESSAGE) }))
}
