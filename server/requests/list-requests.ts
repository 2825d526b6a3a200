import { RequestsAnswer } from '../../shared/schema/node-question.ts'
import type { RecentRequest, RequestFilter } from '../../shared/schema/recent-request.ts'
import { compileDecoder } from '../../shared/snapshot/compile-decoder.ts'
import type { Deps } from '../deps.ts'
import { askEveryNode } from '../questions/ask-every-node.ts'

/** Most requests in an answer. */
export const MOST_LISTED = 200

const decode = compileDecoder(RequestsAnswer)

export interface ListedRequests {
  items: (RecentRequest & { nodeId: string })[]
  missing: string[]
}

/** The newest sampled requests of all data nodes that fit. `tenants`: only those of these tenants. @throws AppError redis_unavailable */
export async function listRequests(deps: Pick<Deps, 'db' | 'redis'>, filter: RequestFilter, tenants: readonly string[] | null): Promise<ListedRequests> {
  const { answers, missing } = await askEveryNode(deps, { kind: 'requests', filter, ...(tenants === null ? {} : { tenants: [...tenants] }) }, decode)
  const items = answers.flatMap(({ nodeId, requests }) => requests.map((request) => ({ nodeId, ...request })))
  return { items: items.toSorted((a, b) => (a.time < b.time ? 1 : -1)).slice(0, MOST_LISTED), missing }
}
