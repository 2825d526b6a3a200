import type { RecentRequest, RequestFilter } from '../../shared/schema/recent-request.ts'

/** Whether a request is one of those that are asked for; letter case of texts is ignored. */
export function fitsRequest(request: RecentRequest, filter: RequestFilter, tenants: readonly string[] | undefined): boolean {
  if (tenants !== undefined && !tenants.includes(request.tenant)) return false
  if (filter.outcome !== undefined && !hasOutcome(request, filter.outcome)) return false
  return holds(request.route, filter.route) && holds(`${request.host}${request.path}`, filter.url) && holds(request.client, filter.client) && holds(request.tenant, filter.tenant) && holds(request.method, filter.method)
}

/** A status of 0: the client went away before it got one. */
function hasOutcome({ status, code }: RecentRequest, outcome: NonNullable<RequestFilter['outcome']>): boolean {
  switch (outcome) {
    case 'good':
      return status > 0 && status < 400
    case 'refused':
      return status >= 400 && status < 500
    case 'failed':
      return status >= 500 || status === 0
    case 'gateway':
      return code !== ''
  }
}

function holds(text: string, wanted: string | undefined): boolean {
  return wanted === undefined || text.toLowerCase().includes(wanted.toLowerCase())
}
