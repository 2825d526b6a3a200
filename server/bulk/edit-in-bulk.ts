import { errorIssue, type Issue } from '../../shared/schema/issue.ts'
import type { BulkRequest } from './bulk-request.ts'

type Resource = Record<string, unknown>

/** A resource after a bulk change other than delete, or why that cannot be made of it. */
export function editInBulk(resource: Resource, request: BulkRequest): Resource | Issue {
  switch (request.action) {
    case 'enable':
      return { ...resource, enabled: true }
    case 'disable':
      return { ...resource, enabled: false }
    case 'label':
      return { ...resource, labels: { ...labelsOf(resource), ...request.labels } }
    case 'unlabel':
      return { ...resource, labels: withoutLabels(resource, request.labelNames ?? []) }
    case 'move':
      return move(resource, request)
    case 'delete':
      return resource
  }
}

function move(route: Resource, { upstreamId, listenerIds }: BulkRequest): Resource | Issue {
  if (listenerIds !== undefined) return { ...route, listenerIds }
  if (route['upstreamId'] === undefined) return errorIssue('/upstreamId', 'nothing_to_move', `route "${String(route['name'])}" does not go to one upstream`)
  return { ...route, upstreamId }
}

function withoutLabels(resource: Resource, names: readonly string[]): Resource {
  return Object.fromEntries(Object.entries(labelsOf(resource)).filter(([name]) => !names.includes(name)))
}

function labelsOf(resource: Resource): Resource {
  return (resource['labels'] ?? {}) as Resource
}
